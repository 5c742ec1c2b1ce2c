"""Links: which windows of a state follow one another, told by their survey alone.

The homework's test windows do not overlap, but most of a state's are consecutive slices of one
stretch: the day after a window's last day is another window's first. Within a state, last days are
assigned to first days at the least total cost (Kuhn 1955, "The Hungarian method for the assignment
problem"), where a window may also stay without a follower.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.survey import Structure
from hw1.transforms import Floats, arcsine_sqrt

UNLIKELY = 5.0
"""The cost of no link, where 1 is that of a day that follows as days follow within windows.

Measured on training chains: below it true links are lost, above it ends of stretches are joined."""
IMPOSSIBLE = 1e6
CONFIDENCE_DIGITS = 6  # the last bits of a matrix product differ between machines

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class _Step:
    """How the signals move from one day to the next, as seen within windows.

    Attributes:
        trend: share of a day's change that the next day's repeats, [signals].
        precision: inverse covariance of what a day's change is beside that, [signals, signals].
    """

    trend: Floats
    precision: Floats


def link_windows(windows: pd.DataFrame, structure: Structure) -> pd.DataFrame:
    """Find for every window the one that follows it.

    Args:
        windows: `state` and visible days, percent; the last day's positivity is not looked at.
        structure: the edition's structure.

    Returns:
        Aligned with `windows`: `previous` and `next` (row positions, -1 for none; never a cycle)
        and `confidence` of the link to `next` (0..1, 0 for none). The rows' order does not matter.
    """
    signals = len(structure.signals) - 1
    days = np.stack([_day(windows, structure, day) for day in range(structure.days)], axis=1)
    following, confidence = np.full(len(windows), -1), np.zeros(len(windows))
    if len(windows) > 1 and signals:
        step = _measure(days)
        states = windows["state"].to_numpy()
        for state in sorted(set(states)):
            rows = np.flatnonzero(states == state)
            follower, sure = _assign(_costs(days[rows], step))
            following[rows] = np.where(follower < 0, -1, rows[follower])
            confidence[rows] = np.round(sure, CONFIDENCE_DIGITS)
    linked = np.flatnonzero(following >= 0)
    previous = np.full(len(windows), -1)
    previous[following[linked]] = linked
    return pd.DataFrame(
        {"previous": previous, "next": following, "confidence": confidence}, index=windows.index
    )


def _day(windows: pd.DataFrame, structure: Structure, day: int) -> Floats:
    """Transformed signals of one day (from 0) without positivity, [rows, signals - 1]."""
    width = len(structure.signals)
    names = structure.day_columns[day * width : (day + 1) * width - 1]
    return arcsine_sqrt(windows[names].to_numpy(dtype=np.float64))


def _measure(days: Floats) -> _Step:
    """Learn one-day steps from the windows' own days, [rows, days, signals]."""
    signals = days.shape[2]
    changes = np.diff(days, axis=1)
    before, after = (part.reshape(-1, signals) for part in (changes[:, :-1], changes[:, 1:]))
    squares = (before**2).sum(axis=0)
    # windows of two days hold one change and no trend; the fewer days there are, the less is
    # believed of trends, and of which signals move together
    trend = _belief(after) * (before * after).sum(axis=0) / np.where(squares > 0, squares, 1.0)
    left = after - before * trend if len(after) else changes.reshape(-1, signals)
    covariance = left.T @ left / len(left)
    variance, belief = np.diag(covariance), _belief(left)
    floor = max(float(variance.max()) * 1e-9, 1e-18)
    mixed = belief * covariance + np.diag((1 - belief) * variance + floor)
    return _Step(trend, np.linalg.inv(mixed))


def _belief(steps: Floats) -> float:
    """Weight of what was measured on so many steps, [steps, signals], against nothing known."""
    return len(steps) / sum(steps.shape)


def _costs(days: Floats, step: _Step) -> Floats:
    """How badly each window's first day (columns) follows each one's last (rows), 1 is usual."""
    expected = days[:, -1] + step.trend * (days[:, -1] - days[:, -2])
    left = days[None, :, 0] - expected[:, None]
    costs = np.asarray((left @ step.precision * left).mean(axis=-1))
    np.fill_diagonal(costs, IMPOSSIBLE)
    return np.asarray(np.minimum(costs, IMPOSSIBLE))


def _assign(costs: Floats) -> tuple[Rows, Floats]:
    """The follower of every row, -1 for none, and the confidence in it, [rows] each."""
    from scipy.optimize import linear_sum_assignment

    count = len(costs)
    # A second half of partners that stand for none: half a price at either end of a stretch.
    padded = np.full((2 * count, 2 * count), IMPOSSIBLE)
    padded[:count, :count] = costs
    padded[count:, count:] = 0.0
    own = np.arange(count)
    padded[own, count + own] = padded[count + own, own] = UNLIKELY / 2
    chosen = linear_sum_assignment(padded)[1][:count]
    following = np.where(chosen < count, chosen, -1)
    _break_cycles(following, costs)
    linked = following >= 0
    return following, np.where(linked, _confidence(costs)[own, following], 0.0)


def _break_cycles(following: Rows, costs: Floats) -> None:
    """Time does not run in circles: the dearest link of one is given up."""
    for start in range(len(following)):
        walked = [start]
        while (row := int(following[walked[-1]])) >= 0 and row not in walked:
            walked.append(row)
        if row >= 0:
            circle = walked[walked.index(row) :]
            following[max(circle, key=lambda each: costs[each, following[each]])] = -1


def _confidence(costs: Floats) -> Floats:
    """Share of each pair among its alternatives, none included, [rows, rows].

    A softmax over costs, in the worse of both directions: what may follow, and what may precede.
    """
    likelihood, none = np.exp(-costs), np.exp(-UNLIKELY)
    forward = likelihood / (likelihood.sum(axis=1, keepdims=True) + none)
    backward = likelihood / (likelihood.sum(axis=0, keepdims=True) + none)
    return np.asarray(np.minimum(forward, backward))
