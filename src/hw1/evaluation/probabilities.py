"""Errors of probabilities as row-weighted sums by group, like those of percentages.

Cross-entropy and the Brier score are proper: no other forecast than the true probability makes them
smaller (Gneiting and Raftery 2007, "Strictly proper scoring rules, prediction, and estimation").
Accuracy and the area under the ROC curve say how well the two classes are told apart.
"""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hw1.evaluation.scored import SHARE

Array = NDArray[np.float64]

METRIC = "cross_entropy"
"""What variants that predict probabilities are ranked by; lower is better."""
SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1 before a logarithm is taken: one row that was ruled
out, and came, costs 13.8 instead of infinity."""


@dataclass(frozen=True)
class ProbabilitySums:
    """What errors of probabilities are computed from, one entry a group of rows.

    Attributes:
        weight: sum of the rows' weights, [groups].
        positive: that of rows that were positive.
        cross_entropy: weighted sum of -log(probability of what came), in nats.
        base: the same of the share that training rows had.
        correct: weight of the rows whose class was the likelier one.
        base_correct: the same of the class that most training rows had.
        squared: weighted sum of squared errors.
        base_squared: the same of the share.
    """

    weight: Array
    positive: Array
    cross_entropy: Array
    base: Array
    correct: Array
    base_correct: Array
    squared: Array
    base_squared: Array

    def errors(self) -> dict[str, Array]:
        """Errors of every group, [groups] each; NaN where a group has no weight.

        `skill` is 1 - cross-entropy / that of the base rate: 0 is no better, 1 is sure and right.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return {
                "cross_entropy": self.cross_entropy / self.weight,
                "accuracy": self.correct / self.weight,
                "brier": self.squared / self.weight,
                "skill": 1.0 - self.cross_entropy / self.base,
                "share": self.positive / self.weight,
                "base_cross_entropy": self.base / self.weight,
                "base_accuracy": self.base_correct / self.weight,
                "base_brier": self.base_squared / self.weight,
            }

    def resampled(self, counts: ArrayLike) -> "ProbabilitySums":
        """Sums of samples that hold group g `counts[s, g]` times; see `ErrorSums.resampled`."""
        weights = np.asarray(counts, dtype=np.float64)
        return ProbabilitySums(*(weights @ getattr(self, field.name) for field in fields(self)))

    def pooled(self) -> "ProbabilitySums":
        """One group of all rows."""
        return self.resampled(np.ones((1, len(self.weight))))


def probability_sums(
    positive: ArrayLike,
    probability: ArrayLike,
    share: ArrayLike,
    weight: ArrayLike,
    groups: ArrayLike,
) -> ProbabilitySums:
    """Sum the errors of rows, group by group.

    Args:
        positive: 1 or 0, [rows].
        probability: predicted, [rows].
        share: of positive rows in training, [rows]: the base rate.
        weight: how much each row counts, [rows].
        groups: whole numbers from 0 that name each row's group, [rows].
    """
    truth, predicted, base, weights = (
        np.asarray(values, dtype=np.float64) for values in (positive, probability, share, weight)
    )
    codes = np.asarray(groups)

    def summed(values: Array) -> Array:
        return np.bincount(codes, weights=weights * values, minlength=1).astype(np.float64)

    return ProbabilitySums(
        weight=summed(np.ones_like(truth)),
        positive=summed(truth),
        cross_entropy=summed(surprise(truth, predicted)),
        base=summed(surprise(truth, base)),
        correct=summed(((predicted > 0.5) == (truth > 0.5)).astype(np.float64)),
        base_correct=summed(((base > 0.5) == (truth > 0.5)).astype(np.float64)),
        squared=summed((predicted - truth) ** 2),
        base_squared=summed((base - truth) ** 2),
    )


def scored_sums(scored: pd.DataFrame, codes: ArrayLike) -> ProbabilitySums:
    """The sums of held-out rows; see `scored_table`."""
    return probability_sums(
        scored["target"], scored["predicted"], scored[SHARE], scored["weight"], codes
    )


def pooled_probabilities(scored: pd.DataFrame) -> dict[str, float]:
    """Errors of all rows together: those of `ProbabilitySums`, and `auc` where there is one.

    Args:
        scored: `target` (0 or 1), `predicted` (probability), `share` and `weight`.
    """
    codes = np.zeros(len(scored), dtype=np.int64)
    errors = scored_sums(scored, codes).errors() | {"auc": areas(scored, codes, np.ones((1, 1)))}
    return {name: float(value[0]) for name, value in errors.items() if np.isfinite(value[0])}


def surprise(positive: ArrayLike, probability: ArrayLike) -> Array:
    """-log(probability of what came), in nats, of 1 or 0 and a probability, any one shape."""
    predicted = np.clip(np.asarray(probability, dtype=np.float64), SMALLEST, 1.0 - SMALLEST)
    truth = np.asarray(positive, dtype=np.float64)
    return np.asarray(-(truth * np.log(predicted) + (1.0 - truth) * np.log1p(-predicted)))


def areas(scored: pd.DataFrame, codes: NDArray[np.int64], counts: Array) -> Array:
    """Area under the ROC curve of samples that hold group g `counts[s, g]` times.

    It is the chance that a positive row has the higher probability of the two when another one is
    drawn; ties count half (Hanley and McNeil 1982).

    Args:
        scored: rows with `target` (0 or 1), `predicted` (probability) and `weight`.
        codes: every row's group, [rows].
        counts: how often each sample draws each group, [samples, groups].

    Returns:
        [samples]; NaN for a sample that has one class only.
    """
    values, places = np.unique(scored["predicted"].to_numpy(np.float64), return_inverse=True)
    positive, weight = (scored[name].to_numpy(np.float64) for name in ("target", "weight"))

    def at_value(weights: Array) -> Array:
        """Weight of the rows at every predicted value, [samples, values]."""
        by_group = np.zeros((counts.shape[1], len(values)))
        np.add.at(by_group, (codes, places), weights)
        return np.asarray(counts @ by_group)

    hits, misses = at_value(weight * positive), at_value(weight * (1.0 - positive))
    below = np.cumsum(misses, axis=1) - 0.5 * misses
    pairs = hits.sum(axis=1) * misses.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((hits * below).sum(axis=1) / pairs)
