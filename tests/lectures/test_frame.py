"""What all experiments share."""

import pytest

from hw1.lectures.frame.page import number, whole


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0912566, "0.0913"), (1.5, "1.50"), (-0.25, "-0.250"), (1234.56, "1,235")],
)
def test_numbers_keep_three_digits(value, text):
    assert number(value) == text


def test_digits_can_be_chosen_and_left_out():
    assert number(388.563, 2) == "389"
    assert whole(1405.4) == "1,405"
