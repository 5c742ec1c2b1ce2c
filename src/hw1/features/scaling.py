"""Standardisation of columns, safe for columns that never change."""

from __future__ import annotations

import numpy as np

from hw1.transforms import Floats

# Spread that rounding alone can give a constant column, relative to its values.
ROUNDING = 16 * np.finfo(np.float64).eps


def moments(values: Floats) -> tuple[Floats, Floats]:
    """Mean and deviation of every column; the deviation of a constant column is exactly 0.

    Args:
        values: [rows, columns], at least one row.

    Returns:
        Means and (population) standard deviations, [columns] each.
    """
    mean = values.mean(axis=0)
    deviation = np.sqrt(((values - mean) ** 2).mean(axis=0))
    constant = deviation <= ROUNDING * np.abs(values).max(axis=0)
    return mean, np.where(constant, 0.0, deviation)


def standardise(values: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Values in deviations from the mean; 0 everywhere in columns whose deviation is 0.

    A column that was constant in training says nothing about the target, so a new value
    in it must not move a prediction either.
    """
    return np.asarray((values - mean) / np.where(deviation > 0, deviation, np.inf))
