import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from hw1.simulate import SimulationConfig, simulate_edition
from hw1.simulate.config import state_names

SMALL = SimulationConfig(states=state_names(12), train_rows=600, test_rows=240)


def chronological(config):
    return simulate_edition(dataclasses.replace(config, shuffled=False))


@pytest.mark.parametrize("days", [2, 3, 5, 7])
def test_windows_have_the_structure_that_was_asked_for(days):
    edition = simulate_edition(dataclasses.replace(SMALL, days=days))
    assert edition.train_windows.shape == (600, days, 16)
    assert edition.test_windows.shape == (240, days, 16)
    assert np.isfinite(edition.train_windows).all()
    assert edition.train_windows.min() > 0
    assert edition.train_windows.max() < 100


@pytest.mark.parametrize("days", [2, 3, 5, 7])
def test_test_windows_have_a_higher_prevalence(days):
    edition = simulate_edition(SimulationConfig(days=days))
    train, test = edition.train_windows[:, -2, -1], edition.test_windows[:, -2, -1]
    assert test.mean() > 1.15 * train.mean()


def test_windows_overlap_exactly_along_a_chain():
    edition = chronological(SMALL)
    same_state = np.diff(edition.train_states) == 0
    first, second = edition.train_windows[:-1, 1:], edition.train_windows[1:, :-1]
    overlap = (first == second).all(axis=(1, 2))
    assert overlap[~same_state].sum() == 0
    assert overlap[same_state].mean() > 0.98


def test_no_day_of_a_test_window_stands_anywhere_else():
    edition = simulate_edition(SMALL)
    seen = {row.tobytes() for row in edition.train_windows.reshape(-1, 16)}
    days = [row.tobytes() for row in edition.test_windows.reshape(-1, 16)]
    assert len(set(days)) == len(days)
    assert not seen & set(days)


def test_shuffling_changes_the_order_only():
    shuffled, ordered = simulate_edition(SMALL), chronological(SMALL)
    assert (np.diff(ordered.train_states) >= 0).all()
    assert (np.diff(shuffled.train_states) < 0).any()
    for part in ("train_windows", "test_windows"):
        rows = [sorted(row.tobytes() for row in getattr(e, part)) for e in (shuffled, ordered)]
        assert rows[0] == rows[1]


def test_half_of_the_test_rows_are_public():
    assert simulate_edition(SMALL).public.sum() == 120


def test_seeds_differ_and_repeat():
    zero, again = (simulate_edition(SMALL).train_windows for _ in range(2))
    one = simulate_edition(dataclasses.replace(SMALL, seed=1)).train_windows
    np.testing.assert_array_equal(zero, again)
    assert (zero != one).mean() > 0.99


def test_another_signal_leaves_the_others_as_they_were():
    signals = ("gardening", "cli", "tested_positive")
    more = simulate_edition(dataclasses.replace(SMALL, signals=signals)).train_windows
    less = simulate_edition(dataclasses.replace(SMALL, signals=signals[1:])).train_windows
    np.testing.assert_array_equal(more[:, :, 1:], less)


def test_importing_the_package_loads_no_numpy():
    check = "import sys, hw1.simulate; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_values_do_not_hang_on_the_last_bit_of_elementary_functions(monkeypatch):
    expected = simulate_edition(SMALL)
    blur = np.random.default_rng(0)
    for name in ("exp", "log", "sin", "cos", "arcsin"):
        monkeypatch.setattr(np, name, blurred(getattr(np, name), blur))
    edition = simulate_edition(SMALL)
    np.testing.assert_array_equal(edition.train_windows, expected.train_windows)
    np.testing.assert_array_equal(edition.test_windows, expected.test_windows)


def blurred(function, rng):
    def platform_dependent(values):
        exact = np.asarray(function(values))
        return exact + np.spacing(exact) * rng.integers(-1, 2, exact.shape)

    return platform_dependent
