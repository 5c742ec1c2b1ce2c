import pytest

from hw1.board.cells import deviation_text, seconds_text, skill_text


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (0.0, "0"), (0.01234, "0.012"), (0.00123, "0.0012"), (0.00002, "0.0000")],
)
def test_deviations_are_short(value, shown):
    assert deviation_text(value) == shown


def test_a_bad_skill_stays_narrow():
    assert skill_text(-123.4) == "-12,340 %"
    assert skill_text(0.0644) == "+6.4 %"


def test_seconds_have_the_digits_that_matter():
    assert [seconds_text(each) for each in (None, 2.54, 1234.5)] == ["", "2.5", "1,234"]
