"""Which days of which state become rows: overlapping chains first, separate windows later."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hw1.simulate.config import FEWEST_TRAIN_ROWS_A_STATE, SimulationConfig
from hw1.simulate.randomness import normals

TWO_CHAINS_SHARE = 0.15
LONGEST_LATE_START = 12
MISSING_BETWEEN_CHAINS = (2, 10)
GAP_BEFORE_TEST = (0, 2)
BROKEN_LINK_SHARE = 0.06
MISSING_BETWEEN_WINDOWS = (1, 12)

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Rows of one file in chronological order, state by state.

    Attributes:
        states: [rows] number of each row's state.
        starts: [rows] first day of each row's window.
    """

    states: Integers
    starts: Integers

    def reordered(self, order: Integers) -> "Rows":
        """The same rows in another order."""
        return Rows(self.states[order], self.starts[order])


@dataclass(frozen=True)
class Plan:
    """Rows of both files and the number of days that they need."""

    train: Rows
    test: Rows
    days: int


def plan_windows(rng: np.random.Generator, config: SimulationConfig) -> Plan:
    """Lay out every state's calendar: a chain or two of training days, then test windows."""
    states = len(config.states)
    train_counts = share_out(rng, config.train_rows, states, FEWEST_TRAIN_ROWS_A_STATE, 0.25)
    test_counts = share_out(rng, config.test_rows, states, 1, 0.22)
    train: list[Integers] = []
    test: list[Integers] = []
    for train_rows, test_rows in zip(train_counts, test_counts, strict=True):
        starts = chain_starts(rng, int(train_rows), config.days)
        first = int(starts[-1]) + config.days + int(rng.integers(*_closed(GAP_BEFORE_TEST)))
        train.append(starts)
        test.append(window_starts(rng, int(test_rows), config.days, first))
    last_day = max(int(starts[-1]) for starts in test) + config.days
    return Plan(_rows(train), _rows(test), last_day)


def share_out(
    rng: np.random.Generator, rows: int, states: int, least: int, spread: float
) -> Integers:
    """[states] whole numbers of at least `least`, unequal, that add up to `rows`."""
    weights = np.clip(1.0 + spread * normals(rng, states), 0.2, 1.4)
    ideal = (rows - least * states) * weights / weights.sum()
    counts = np.floor(ideal).astype(np.int64)
    missing = rows - least * states - int(counts.sum())
    counts[np.argsort(counts - ideal, kind="stable")[:missing]] += 1
    total: Integers = counts + least
    return total


def chain_starts(rng: np.random.Generator, rows: int, days: int) -> Integers:
    """First days of overlapping windows: one chain, seldom two with missing days between."""
    starts = int(rng.integers(0, LONGEST_LATE_START + 1)) + np.arange(rows, dtype=np.int64)
    if rows >= 2 * FEWEST_TRAIN_ROWS_A_STATE and rng.random() < TWO_CHAINS_SHARE:
        cut = int(np.round(rows * rng.uniform(0.2, 0.8)))
        starts[cut:] += days - 1 + int(rng.integers(*_closed(MISSING_BETWEEN_CHAINS)))
    return starts


def window_starts(rng: np.random.Generator, rows: int, days: int, first: int) -> Integers:
    """First days of windows that follow each other without overlap, seldom with a gap."""
    broken = rng.random(rows) < BROKEN_LINK_SHARE
    missing = np.where(broken, rng.integers(*_closed(MISSING_BETWEEN_WINDOWS), rows), 0)
    missing[0] = 0
    starts: Integers = first + days * np.arange(rows, dtype=np.int64) + np.cumsum(missing)
    return starts


def _rows(starts: list[Integers]) -> Rows:
    states = np.repeat(np.arange(len(starts), dtype=np.int64), [len(part) for part in starts])
    return Rows(states, np.concatenate(starts))


def _closed(bounds: tuple[int, int]) -> tuple[int, int]:
    lowest, highest = bounds
    return lowest, highest + 1
