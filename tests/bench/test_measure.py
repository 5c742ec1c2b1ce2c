"""Contestants take turns; ratios stay within a repetition."""

from itertools import count

import pytest


@pytest.fixture
def measure():
    from bench.speed import measure

    return measure


def test_contestants_take_turns(measure):
    order = []
    clock = count()

    def contestant(name):
        def run():
            order.append(name)
            return float(next(clock))

        return run

    values = measure.alternate({name: contestant(name) for name in "ab"}, 2)
    assert order == list("ababab")
    assert values == {"a": [2.0, 4.0], "b": [3.0, 5.0]}  # the first round only warms up


def test_ratios_pair_what_was_measured_together(measure):
    values = {"slow": [2.0, 40.0, 3.0], "fast": [1.0, 10.0, 1.0]}
    assert measure.ratios(values, "slow", "fast") == {"min": 2.0, "median": 3.0, "max": 4.0}


def test_table_shows_the_spread_and_no_ratio_to_itself(measure):
    table = measure.Table(
        "Speed.",
        "s",
        {"slow": [2.0, 40.0, 3.0], "fast": [1.0, 10.0, 1.0]},
        [measure.against("fast")],
        {"MSE": {"slow": "1.5"}},
    )
    assert measure.to_markdown(measure.to_json(table)) == (
        "Speed.\n\n"
        "|  | MSE | s | against fast |\n"
        "|---|---|---|---|\n"
        "| slow | 1.5 | 3 (2 to 40) | 3 (2 to 4) |\n"
        "| fast |  | 1 (1 to 10) |  |\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1,234"), (12.345, "12.3"), (0.01234, "0.0123"), (0.000412, "0.0004"), (2.0, "2")],
)
def test_figures_are_readable(measure, value, text):
    assert measure.readable(value) == text
