import pytest

from hw1.evaluation.labels import (
    interval,
    is_transductive,
    leaks,
    number,
    skill_label,
    split_label,
)


def test_only_the_random_split_leaks_and_says_so():
    assert split_label("random") == "random (leaks)"
    assert leaks("random")
    for method in ("forward", "rolling", "blocks", "state"):
        assert split_label(method) == method
        assert not leaks(method)


@pytest.mark.parametrize("link", ["past", "both"])
def test_linked_windows_are_transductive_and_say_so(link):
    assert is_transductive(link)
    assert split_label("forward", link) == "forward, transductive"
    assert split_label("random", link) == "random (leaks), transductive"
    assert not is_transductive("none")


@pytest.mark.parametrize(
    ("skill", "label"),
    [
        (0.0812, "8.1 % better"),
        (-0.03, "3.0 % worse"),
        (0.0, "0.0 % better"),
        (-0.0001, "0.0 % better"),
        (-25.0, "2,500.0 % worse"),
    ],
)
def test_skill_in_words(skill, label):
    assert skill_label(skill) == label


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.30211, "1.302"),
        (0.083417, "0.08342"),
        (12.3456, "12.35"),
        (1234.6, "1,235"),
        (0.0, "0.000"),
        (1e-9, "0.000000"),
        (2.5e12, "2.500e+12"),
    ],
)
def test_numbers_have_four_digits(value, text):
    assert number(value) == text


def test_intervals_have_three_digits():
    assert interval(1.1149, 1.521) == "[1.11, 1.52]"
    assert interval(9.96, 121.4) == "[9.96, 121]"
    assert interval(-0.0312, 0.0) == "[-0.0312, 0.00]"
