"""The committed sample: its bytes, and statistics within what real editions show.

The bands hold the real editions' aggregate statistics (bench/sample_fidelity.py measures them).
"""

from pathlib import Path

import numpy as np
import pytest

from hw1.simulate import SimulationConfig, simulate_edition, write_edition

SAMPLE = Path(__file__).parents[2] / "data/raw/sample"
CONFIG = SimulationConfig()


@pytest.fixture(scope="module")
def edition():
    return simulate_edition(CONFIG)


@pytest.fixture(scope="module")
def chains():
    """[days, signals] of every state with a single chain."""
    import dataclasses

    ordered = simulate_edition(dataclasses.replace(CONFIG, shuffled=False))
    whole = []
    for state in range(len(CONFIG.states)):
        windows = ordered.train_windows[ordered.train_states == state]
        if (windows[:-1, 1:] == windows[1:, :-1]).all():
            whole.append(np.concatenate([windows[0], windows[1:, -1]]))
    return whole


def column(chains, signal):
    index = CONFIG.signals.index(signal)
    return [days[:, index] for days in chains]


def autocorrelation(sequences, lag):
    earlier = np.concatenate([sequence[:-lag] for sequence in sequences])
    later = np.concatenate([sequence[lag:] for sequence in sequences])
    return np.corrcoef(earlier, later)[0, 1]


def test_regenerating_gives_the_committed_bytes(tmp_path):
    for path in write_edition(tmp_path, CONFIG):
        assert path.read_bytes() == (SAMPLE / path.name).read_bytes(), path.name


def test_most_states_have_one_chain(chains):
    assert 30 <= len(chains) < 40


def test_persistence_errs_as_on_real_data(edition):
    changes = edition.train_windows[:, -1, -1] - edition.train_windows[:, -2, -1]
    assert 1.05 < np.mean(changes**2) < 1.40


def test_prevalence_shifts_as_in_real_data(edition):
    train, test = edition.train_windows[:, -2, -1], edition.test_windows[:, -2, -1]
    assert 9 < train.mean() < 11
    assert 1.4 < test.mean() / train.mean() < 1.7


@pytest.mark.parametrize(
    ("signal", "level", "step", "dropped"),
    [
        ("tested_positive", 0.98, (-0.02, 0.08), (-0.55, -0.42)),
        ("cli", 0.98, (-0.02, 0.10), (-0.50, -0.35)),
        ("hh_cmnty_cli", 0.99, (0.20, 0.40), (-0.25, 0.0)),
        ("wearing_mask", 0.99, (0.55, 0.75), (0.20, 0.45)),
        ("depressed", 0.94, (-0.05, 0.10), (-0.55, -0.42)),
    ],
)
def test_seven_day_averages_leave_their_mark(chains, signal, level, step, dropped):
    levels = column(chains, signal)
    changes = [np.diff(sequence) for sequence in levels]
    assert autocorrelation(levels, 1) > level
    assert step[0] < autocorrelation(changes, 1) < step[1]
    assert dropped[0] < autocorrelation(changes, 7) < dropped[1]


@pytest.mark.parametrize(
    ("signal", "levels", "changes"),
    [
        ("cli", (0.80, 0.92), (0.15, 0.28)),
        ("hh_cmnty_cli", (0.80, 0.92), (0.10, 0.22)),
        ("wearing_mask", (-0.25, 0.15), (-0.05, 0.12)),
        ("shop", (-0.50, -0.15), (-0.15, 0.0)),
        ("anxious", (0.45, 0.75), (-0.08, 0.10)),
    ],
)
def test_signals_go_with_the_target_as_in_real_data(chains, signal, levels, changes):
    ours, target = (column(chains, name) for name in (signal, "tested_positive"))
    level = np.corrcoef(np.concatenate(ours), np.concatenate(target))[0, 1]
    change = np.corrcoef(
        np.concatenate([np.diff(sequence) for sequence in ours]),
        np.concatenate([np.diff(sequence) for sequence in target]),
    )[0, 1]
    assert levels[0] < level < levels[1]
    assert changes[0] < change < changes[1]
