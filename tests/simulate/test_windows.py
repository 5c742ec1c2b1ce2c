import itertools

import numpy as np
import pytest

from hw1.simulate import SimulationConfig
from hw1.simulate.config import state_names
from hw1.simulate.randomness import stream
from hw1.simulate.windows import plan_windows, share_out

DAYS = [2, 3, 5, 7]


def plan_of(config):
    return plan_windows(stream(config.seed, "windows"), config)


def starts_by_state(rows, states):
    return [rows.starts[rows.states == state] for state in range(states)]


@pytest.mark.parametrize("days", DAYS)
def test_rows_are_as_many_as_asked_for(days):
    plan = plan_of(SimulationConfig(days=days, train_rows=1000, test_rows=300))
    assert (len(plan.train.starts), len(plan.test.starts)) == (1000, 300)
    assert max(plan.train.starts.max(), plan.test.starts.max()) + days <= plan.days


@pytest.mark.parametrize("days", DAYS)
def test_training_windows_overlap_in_one_or_two_chains(days):
    plan = plan_of(SimulationConfig(days=days))
    breaks = []
    for starts in starts_by_state(plan.train, 40):
        steps = np.diff(starts)
        assert set(steps[steps != 1] >= days) <= {True}
        breaks.append(int((steps != 1).sum()))
    assert set(breaks) == {0, 1}
    assert np.mean(breaks) < 0.5


@pytest.mark.parametrize("days", DAYS)
def test_test_windows_are_later_and_share_no_day(days):
    plan = plan_of(SimulationConfig(days=days))
    train, test = starts_by_state(plan.train, 40), starts_by_state(plan.test, 40)
    for chain, windows in zip(train, test, strict=True):
        assert windows[0] >= chain[-1] + days
        assert (np.diff(windows) >= days).all()


def test_most_test_windows_follow_each_other_at_once():
    plan = plan_of(SimulationConfig())
    steps = np.concatenate([np.diff(starts) for starts in starts_by_state(plan.test, 40)])
    assert 0.85 < (steps == 5).mean() < 1.0


@pytest.mark.parametrize(("rows", "states", "least"), [(40, 10, 4), (41, 10, 4), (2700, 37, 4)])
def test_rows_are_shared_out_completely(rows, states, least):
    for seed in range(5):
        counts = share_out(stream(seed, "share"), rows, states, least, 0.25)
        assert counts.sum() == rows
        assert counts.min() >= least


@pytest.mark.parametrize(("states", "days"), [*itertools.product([1, 2, 51], DAYS)])
def test_the_smallest_editions_can_be_planned(states, days):
    config = SimulationConfig(
        states=state_names(states), days=days, train_rows=4 * states, test_rows=states
    )
    assert len(plan_of(config).train.starts) == 4 * states
