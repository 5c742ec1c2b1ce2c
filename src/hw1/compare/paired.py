"""Whether one variant beats another on the same validation rows.

Both are resampled together: every draw of states (see `hw1.evaluation.bootstrap`) scores A and B on
the same rows, so that what makes a state hard for both cancels. Two separate intervals may overlap
widely where this one excludes 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from hw1.compare.rows import paired_rows
from hw1.evaluation.bootstrap import state_draws
from hw1.evaluation.probabilities import surprise

if TYPE_CHECKING:
    import pandas as pd

Loss = Literal["mse", "cross_entropy"]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class PairedDifference:
    """B minus A on the same rows: negative where B is better.

    Attributes:
        loss: what is compared: MSE (squared percentage points) or cross-entropy (nats).
        rows: validation rows, counted once a fold.
        states: states with rows that count.
        confidence: share of the resamples inside the intervals.
        loss_a: A's weighted mean loss; `loss_b` likewise.
        difference: `loss_b - loss_a`, with its interval `low` to `high`; None where fewer than two
            states have rows, since one state says nothing about how much states differ.
        share_b_better: share of resamples in which B's loss is strictly lower; 1 minus it is the
            one-sided bootstrap p of "B is no better". None without an interval.
        share_a_better: the same for A; the two do not add up to 1 where resamples tie.
        rmse: the difference of the RMSEs, percentage points, with its interval; None where the loss
            is no MSE.
    """

    loss: Loss
    rows: int
    states: int
    confidence: float
    loss_a: float
    loss_b: float
    difference: float
    low: float | None
    high: float | None
    share_b_better: float | None
    share_a_better: float | None
    rmse: float | None = None
    rmse_low: float | None = None
    rmse_high: float | None = None

    @property
    def winner(self) -> Literal["a", "b"] | None:
        """The side that is better by more than noise: the interval excludes 0."""
        if self.low is None or self.high is None:
            return None
        if self.high < 0 and self.difference < 0:
            return "b"
        return "a" if self.low > 0 and self.difference > 0 else None


def paired_difference(
    a: pd.DataFrame,
    b: pd.DataFrame,
    *,
    loss: Loss = "mse",
    resamples: int = 1000,
    confidence: float = 0.9,
    seed: int = 0,
) -> PairedDifference | None:
    """Compare two variants' validation predictions.

    Args:
        a: A's rows with `id`, `fold`, `state`, `weight`, `target`, `known` and `predicted`, in any
            order; percentages, or for cross-entropy a target of 0 or 1 and its probability.
        b: B's rows likewise.
        loss: what to compare.
        resamples: number of draws of as many states as there are, with replacement.
        confidence: share of the resamples that lies inside the intervals.
        seed: of the draws; the same rows and seed give the same numbers.

    Returns:
        The difference, or None where A and B were not validated on the same rows.

    Raises:
        DataError: a row stands twice, or a value is no finite number.
    """
    rows = paired_rows(a, b)
    if rows is None:
        return None
    sums = _sums(rows, loss)
    draws = state_draws(sums.weight, resamples, np.random.default_rng(seed))
    tail = (1 - confidence) / 2
    pooled_a, pooled_b = sums.means(np.ones((1, len(sums.weight))))
    low, high, b_better, a_better = _spread(sums, draws, tail)
    found = PairedDifference(
        loss=loss,
        rows=len(rows),
        states=int((sums.weight > 0).sum()),
        confidence=confidence,
        loss_a=float(pooled_a[0]),
        loss_b=float(pooled_b[0]),
        difference=float(pooled_b[0] - pooled_a[0]),
        low=low,
        high=high,
        share_b_better=b_better,
        share_a_better=a_better,
    )
    return found if loss != "mse" else _with_rmse(found, sums, draws, tail)


def row_losses(loss: Loss, target: Array, predicted: Array) -> Array:
    """The loss of every row, [rows].

    Args:
        loss: which.
        target: the truth: percent, or 0 and 1 for cross-entropy, [rows].
        predicted: percent, or the probability of 1, [rows].
    """
    if loss == "mse":
        squared: Array = (predicted - target) ** 2
        return squared
    return surprise(target, predicted)


@dataclass(frozen=True)
class _Sums:
    """Sums of weights and of both sides' weighted losses, one entry a state, [states]."""

    weight: Array
    a: Array
    b: Array

    def means(self, draws: Array) -> tuple[Array, Array]:
        """A's and B's mean loss in each of the draws, [draws] each."""
        with np.errstate(divide="ignore", invalid="ignore"):
            weight = draws @ self.weight
            return draws @ self.a / weight, draws @ self.b / weight


def _sums(rows: pd.DataFrame, loss: Loss) -> _Sums:
    _, codes = np.unique(rows["state"].to_numpy(dtype=str), return_inverse=True)
    target, weight = rows["target"].to_numpy(), rows["weight"].to_numpy()

    def summed(values: Array) -> Array:
        return np.bincount(codes, weights=values).astype(np.float64)

    a, b = (row_losses(loss, target, rows[side].to_numpy()) for side in ("a", "b"))
    return _Sums(summed(weight), summed(weight * a), summed(weight * b))


def _spread(
    sums: _Sums, draws: Array | None, tail: float
) -> tuple[float, float, float, float] | tuple[None, None, None, None]:
    """Bounds of B minus A over resamples, and the shares in which B and A are better."""
    if draws is None:
        return None, None, None, None
    a, b = sums.means(draws)
    low, high = np.quantile(b - a, [tail, 1 - tail])
    return float(low), float(high), float((b < a).mean()), float((b > a).mean())


def _with_rmse(
    found: PairedDifference, sums: _Sums, draws: Array | None, tail: float
) -> PairedDifference:
    """The same difference in percentage points too."""
    rmse = float(np.sqrt(found.loss_b) - np.sqrt(found.loss_a))
    if draws is None:
        return replace(found, rmse=rmse)
    a, b = sums.means(draws)
    low, high = np.quantile(np.sqrt(b) - np.sqrt(a), [tail, 1 - tail])
    return replace(found, rmse=rmse, rmse_low=float(low), rmse_high=float(high))
