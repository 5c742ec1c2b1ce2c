import dataclasses

import pytest

from hw1.core.errors import ParamsError
from hw1.simulate import SimulationConfig
from hw1.simulate.config import SIGNALS_2022, state_names


def test_the_default_has_the_size_of_the_homework():
    config = SimulationConfig()
    assert (len(config.states), config.days, len(config.signals)) == (40, 5, 16)
    assert (config.train_rows, config.test_rows) == (2700, 1080)


@pytest.mark.parametrize("count", [1, 50, 51, 120])
def test_state_names_are_as_many_as_asked_for_and_differ(count):
    assert len(set(state_names(count))) == count


def test_scaling_multiplies_the_rows_and_keeps_the_columns():
    small = SimulationConfig()
    large = small.scaled(10)
    assert (large.train_rows, large.test_rows) == (27000, 10800)
    assert dataclasses.replace(large, train_rows=2700, test_rows=1080) == small


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": -1}, "seed"),
        ({"days": 1}, "days"),
        ({"states": ()}, "states"),
        ({"states": ("AL", "AL")}, "states must differ"),
        ({"signals": SIGNALS_2022[:-1]}, "tested_positive"),
        ({"signals": ()}, "tested_positive"),
        ({"signals": ("cli", "cli", "tested_positive")}, "signals must differ"),
        ({"train_rows": 159}, "train_rows"),
        ({"test_rows": 39}, "test_rows"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(changes, named):
    with pytest.raises(ParamsError, match=named):
        SimulationConfig(**changes)
