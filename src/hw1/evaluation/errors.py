"""Errors as row-weighted sums: sums add up over batches, folds and states, means do not."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ErrorSums:
    """Everything that errors are computed from, one entry a group of rows.

    Attributes:
        rows: number of rows, [groups].
        weight: sum of the rows' weights, [groups].
        squared: weighted sum of squared errors, squared percentage points, [groups].
        absolute: weighted sum of absolute errors, percentage points, [groups].
        signed: weighted sum of predicted minus true, percentage points, [groups].
        persistence: weighted sum of the squared errors that predicting the last known day makes.
    """

    rows: Array
    weight: Array
    squared: Array
    absolute: Array
    signed: Array
    persistence: Array

    def errors(self) -> dict[str, Array]:
        """Errors of every group, [groups] each, in percentage points or their square.

        `skill` is 1 - MSE / MSE of persistence: 0 is no better than the last known day, 1 is
        perfect. It is NaN where persistence makes no error.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            mse = self.squared / self.weight
            skill = np.where(self.persistence > 0, 1 - self.squared / self.persistence, np.nan)
            return {
                "mse": mse,
                "rmse": np.sqrt(mse),
                "mae": self.absolute / self.weight,
                "bias": self.signed / self.weight,
                "persistence_mse": self.persistence / self.weight,
                "skill": skill,
            }

    def resampled(self, counts: ArrayLike) -> "ErrorSums":
        """Sums of samples that hold group g `counts[s, g]` times.

        Args:
            counts: how often each sample draws each group, [samples, groups].
        """
        weights = np.asarray(counts, dtype=np.float64)
        return ErrorSums(*(weights @ getattr(self, field.name) for field in fields(self)))

    def pooled(self) -> "ErrorSums":
        """One group of all rows."""
        return self.resampled(np.ones((1, len(self.weight))))


def error_sums(
    target: ArrayLike,
    predicted: ArrayLike,
    known: ArrayLike,
    weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> ErrorSums:
    """Sum the errors of rows, group by group.

    Args:
        target: true positivity in percent, [rows].
        predicted: predicted positivity in percent, [rows].
        known: the last positivity the model has seen, in percent, [rows]: what persistence
            predicts.
        weight: how much each row counts, [rows]; None for one each.
        groups: whole numbers from 0 that name each row's group, [rows]; None for one group.
    """
    truth = np.asarray(target, dtype=np.float64)
    weights = np.ones_like(truth) if weight is None else np.asarray(weight, dtype=np.float64)
    codes = np.zeros(len(truth), dtype=np.int64) if groups is None else np.asarray(groups)
    error = np.asarray(predicted, dtype=np.float64) - truth
    persistence = np.asarray(known, dtype=np.float64) - truth

    def summed(values: Array) -> Array:
        sums = np.bincount(codes, weights=weights * values, minlength=1)
        return sums.astype(np.float64)

    return ErrorSums(
        rows=np.bincount(codes, minlength=1).astype(np.float64),
        weight=summed(np.ones_like(truth)),
        squared=summed(error**2),
        absolute=summed(np.abs(error)),
        signed=summed(error),
        persistence=summed(persistence**2),
    )


def pooled_errors(
    target: ArrayLike, predicted: ArrayLike, known: ArrayLike, weight: ArrayLike | None = None
) -> dict[str, float]:
    """Errors of all rows together; see `ErrorSums.errors` for their names and units.

    Skill is left out where persistence makes no error, since it has no value there.
    """
    errors = error_sums(target, predicted, known, weight).errors()
    return {name: float(value[0]) for name, value in errors.items() if np.isfinite(value[0])}
