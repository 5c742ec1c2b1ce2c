import numpy as np
import pytest

from hw1.evaluation.bootstrap import state_intervals
from hw1.evaluation.errors import ErrorSums, error_sums

STATES, ROWS = 40, 25


def simulated_errors(generator: np.random.Generator) -> ErrorSums:
    """States differ in their error's size; rows of a state share most of their error."""
    shared = generator.normal(0, 0.9, (STATES, 1))
    error = shared + generator.normal(0, np.sqrt(1 - 0.81), (STATES, ROWS))
    target = np.full(STATES * ROWS, 10.0)
    states = np.repeat(np.arange(STATES), ROWS)
    return error_sums(target, target + error.ravel(), target + 2, groups=states)


def coverage(confidence: float, trials: int = 300) -> float:
    generator = np.random.default_rng(7)
    hits = 0
    for _ in range(trials):
        low, high = state_intervals(simulated_errors(generator), 400, confidence, generator)["mse"]
        hits += low <= 1.0 <= high  # the true MSE: variances 0.81 and 0.19
    return hits / trials


def test_intervals_hold_the_true_error_about_as_often_as_they_say():
    assert coverage(0.9) == pytest.approx(0.9, abs=0.06)
    assert coverage(0.5) == pytest.approx(0.5, abs=0.1)


def test_more_confidence_is_wider_and_holds_the_estimate():
    sums = simulated_errors(np.random.default_rng(1))
    narrow = state_intervals(sums, 1000, 0.5, np.random.default_rng(0))
    wide = state_intervals(sums, 1000, 0.95, np.random.default_rng(0))
    estimate = sums.pooled().errors()
    for name, (low, high) in narrow.items():
        assert wide[name][0] < low < high < wide[name][1] or name == "persistence_mse"
        assert wide[name][0] <= estimate[name][0] <= wide[name][1]


def test_rmse_bounds_are_roots_of_mse_bounds():
    sums = simulated_errors(np.random.default_rng(1))
    intervals = state_intervals(sums, 1000, 0.9, np.random.default_rng(0))
    assert np.square(intervals["rmse"]) == pytest.approx(np.array(intervals["mse"]), rel=1e-2)


def test_the_same_generator_gives_the_same_interval():
    sums = simulated_errors(np.random.default_rng(1))
    first = state_intervals(sums, 200, 0.9, np.random.default_rng(3))
    assert first == state_intervals(sums, 200, 0.9, np.random.default_rng(3))
    assert first != state_intervals(sums, 200, 0.9, np.random.default_rng(4))


def test_one_state_gives_no_interval():
    sums = error_sums([1, 2, 3], [2, 2, 2], [0, 0, 0])
    assert state_intervals(sums, 200, 0.9, np.random.default_rng(0)) == {}


def test_states_without_weight_are_never_drawn():
    sums = error_sums([1, 2, 3], [2, 2, 2], [0, 0, 0], weight=[1, 1, 0], groups=[0, 1, 2])
    intervals = state_intervals(sums, 200, 0.9, np.random.default_rng(0))
    assert intervals["mse"] == pytest.approx((0.0, 1.0))
