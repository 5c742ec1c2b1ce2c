"""Standardisation of columns, safe for columns that never change or lack values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hw1.transforms import Floats

# Spread that rounding alone can give a constant column, relative to its values.
ROUNDING = 16 * np.finfo(np.float64).eps


def moments(values: Floats) -> tuple[Floats, Floats]:
    """Mean and deviation of every column; the deviation of a constant column is exactly 0.

    Args:
        values: [rows, columns], at least one row; rows with NaN do not count in that column, and
            a column of nothing else has mean and deviation 0.

    Returns:
        Means and (population) standard deviations, [columns] each.
    """
    missing = np.isnan(values)
    if missing.any():
        return _moments_of_present(values, ~missing)
    mean = values.mean(axis=0)
    deviation = np.sqrt(((values - mean) ** 2).mean(axis=0))
    constant = deviation <= ROUNDING * np.abs(values).max(axis=0)
    return mean, np.where(constant, 0.0, deviation)


def _moments_of_present(values: Floats, present: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Column by column, since each has other rows."""
    mean, deviation = np.zeros((2, values.shape[1]))
    for column in np.flatnonzero(present.any(axis=0)):
        own = values[present[:, column], column, np.newaxis]
        mean[column], deviation[column] = (moment[0] for moment in moments(own))
    return mean, deviation


def standardise(values: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Values in deviations from the mean; 0 everywhere in columns whose deviation is 0.

    A column that was constant in training says nothing about the target, so a new value
    in it must not move a prediction either.
    """
    return np.asarray((values - mean) / np.where(deviation > 0, deviation, np.inf))
