import time

import numpy as np
import pytest

from hw1.sweep.optimism import over_search

STATES = 25
NOISE = 0.3  # deviation of a state's error from the trial's true one
ERROR = NOISE / np.sqrt(STATES)  # deviation of a trial's error


def simulate(generator, true_errors):
    """Sums by state of trials with known errors; what is hard in a state is hard for all."""
    weights = generator.uniform(20, 40, STATES)
    common = generator.gamma(2, 1, STATES)
    errors = true_errors[:, None] + NOISE * generator.standard_normal((len(true_errors), STATES))
    return (common + errors) * weights, weights, float(common @ weights / weights.sum())


def repeat(true_errors, repetitions=60):
    """The means of the true optimism of the best trial and of both estimates."""
    generator = np.random.default_rng(5)
    found = []
    for seed in range(repetitions):
        sums, weights, common = simulate(generator, true_errors)
        result = over_search(sums, weights, 200, seed)
        winner = sums.sum(axis=1).argmin()
        true = true_errors[winner] + common - result.best
        found.append((true, result.optimism, result.optimism_in_bag))
    return np.mean(found, axis=0)


@pytest.mark.parametrize("trials", [5, 100])
def test_trials_that_differ_by_chance_alone_are_too_good_by_as_much_as_is_said(trials):
    true, optimism, in_bag = repeat(np.full(trials, 1.0))
    assert true > ERROR
    assert optimism == pytest.approx(true, rel=0.1)
    assert 0.55 * true < in_bag < 0.85 * true


def test_where_trials_differ_the_estimate_is_on_the_careful_side():
    true, optimism, in_bag = repeat(np.random.default_rng(1).normal(1.0, ERROR, 50))
    assert in_bag < true < optimism < 1.5 * true


def test_a_trial_that_is_clearly_better_is_no_luck():
    errors = np.full(50, 1.0)
    errors[7] -= 10 * ERROR
    true, optimism, _ = repeat(errors)
    assert abs(true) < 0.5 * ERROR
    assert 0 <= optimism < 0.01 * ERROR
    sums, weights, _ = simulate(np.random.default_rng(2), errors)
    result = over_search(sums, weights)
    assert (result.wins, result.within_noise) == (1.0, 0)
    assert result.corrected == pytest.approx(result.best)


def test_one_trial_has_no_luck_to_tell():
    sums, weights, _ = simulate(np.random.default_rng(0), np.ones(1))
    result = over_search(sums, weights)
    assert (result.optimism, result.optimism_in_bag, result.standard_error) == (0, 0, 0)
    assert (result.wins, result.within_noise, result.trials) == (1.0, 0, 1)
    assert result.corrected == result.best == sums.sum() / weights.sum()


def test_twins_win_together():
    sums, weights, _ = simulate(np.random.default_rng(0), np.ones(1))
    result = over_search(np.repeat(sums, 3, axis=0), weights)
    assert result.optimism == pytest.approx(0, abs=1e-12)
    assert (result.wins, result.within_noise) == (1.0, 2)


def test_equal_trials_are_mostly_within_noise():
    sums, weights, _ = simulate(np.random.default_rng(3), np.ones(40))
    result = over_search(sums, weights)
    assert 15 < result.within_noise < 40
    assert 0 < result.wins < 0.6
    assert 0 < result.standard_error < 0.1 * result.optimism


def test_states_without_rows_change_nothing_and_one_is_not_enough():
    sums, weights, _ = simulate(np.random.default_rng(3), np.ones(8))
    padded = over_search(np.pad(sums, ((0, 0), (0, 1))), np.append(weights, 0))
    assert padded == over_search(sums, weights)
    assert over_search(sums[:, :1], weights[:1]) is None
    assert over_search(sums[:0], weights) is None
    assert over_search(sums[:, :2], weights[:2]) is not None


def test_a_thousand_trials_take_no_second():
    generator = np.random.default_rng(0)
    sums, weights = generator.gamma(2, 1, (1000, 50)), np.ones(50)
    over_search(sums[:2], weights, 10)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        over_search(sums, weights, 1000)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 1
    print(f"{min(seconds):.3f} s")
