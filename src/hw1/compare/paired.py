"""Whether one variant beats another on the same validation rows.

Both are resampled together: every draw of states (see `hw1.evaluation.bootstrap`) scores A and B on
the same rows, so that what makes a state hard for both cancels. Two separate intervals may overlap
widely where this one excludes 0.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from hw1.compare.rows import paired_rows
from hw1.evaluation.bootstrap import state_draws
from hw1.evaluation.errors import ErrorSums, error_sums

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PairedDifference:
    """B minus A on the same rows: negative where B is better.

    Attributes:
        rows: validation rows, counted once a fold.
        states: states with rows that count.
        confidence: share of the resamples inside the intervals.
        mse_a: A's weighted MSE, squared percentage points; `mse_b` likewise.
        mse: `mse_b - mse_a`, with its interval `low` to `high`; None where fewer than two states
            have rows, since one state says nothing about how much states differ.
        rmse: the difference of the RMSEs, percentage points, with its interval.
        share_b_better: share of resamples in which B's MSE is strictly lower; 1 minus it is the
            one-sided bootstrap p of "B is no better". None without an interval.
        share_a_better: the same for A; the two do not add up to 1 where resamples tie.
    """

    rows: int
    states: int
    confidence: float
    mse_a: float
    mse_b: float
    mse: float
    low: float | None
    high: float | None
    rmse: float
    rmse_low: float | None
    rmse_high: float | None
    share_b_better: float | None
    share_a_better: float | None

    @property
    def winner(self) -> Literal["a", "b"] | None:
        """The side that is better by more than noise: the interval excludes 0."""
        if self.low is None or self.high is None:
            return None
        if self.high < 0 and self.mse < 0:
            return "b"
        return "a" if self.low > 0 and self.mse > 0 else None


def paired_difference(
    a: "pd.DataFrame",
    b: "pd.DataFrame",
    *,
    resamples: int = 1000,
    confidence: float = 0.9,
    seed: int = 0,
) -> PairedDifference | None:
    """Compare two variants' validation predictions.

    Args:
        a: A's rows with `id`, `fold`, `state`, `weight`, `target`, `known` and `predicted`
            (percent), in any order.
        b: B's rows likewise.
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
    _, codes = np.unique(rows["state"].to_numpy(dtype=str), return_inverse=True)
    sums_a, sums_b = (
        error_sums(rows["target"], rows[side], rows["known"], rows["weight"], codes)
        for side in ("a", "b")
    )
    pooled_a, pooled_b = sums_a.pooled().errors(), sums_b.pooled().errors()
    draws = state_draws(sums_a.weight, resamples, np.random.default_rng(seed))
    low, high, b_better, a_better = _spread(sums_a, sums_b, draws, "mse", confidence)
    rmse_low, rmse_high, _, _ = _spread(sums_a, sums_b, draws, "rmse", confidence)
    return PairedDifference(
        rows=len(rows),
        states=int((sums_a.weight > 0).sum()),
        confidence=confidence,
        mse_a=float(pooled_a["mse"][0]),
        mse_b=float(pooled_b["mse"][0]),
        mse=float(pooled_b["mse"][0] - pooled_a["mse"][0]),
        low=low,
        high=high,
        rmse=float(pooled_b["rmse"][0] - pooled_a["rmse"][0]),
        rmse_low=rmse_low,
        rmse_high=rmse_high,
        share_b_better=b_better,
        share_a_better=a_better,
    )


def _spread(
    sums_a: ErrorSums,
    sums_b: ErrorSums,
    draws: NDArray[np.float64] | None,
    error: str,
    confidence: float,
) -> tuple[float, float, float, float] | tuple[None, None, None, None]:
    """Bounds of B minus A over resamples, and the shares in which B and A are better."""
    if draws is None:
        return None, None, None, None
    difference = sums_b.resampled(draws).errors()[error] - sums_a.resampled(draws).errors()[error]
    tail = (1 - confidence) / 2
    low, high = np.quantile(difference, [tail, 1 - tail])
    return float(low), float(high), float((difference < 0).mean()), float((difference > 0).mean())
