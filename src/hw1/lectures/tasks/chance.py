"""How much of a number is chance: which states were drawn, and which seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.errors import DataError
from hw1.evaluation.bootstrap import state_draws
from hw1.evaluation.errors import error_sums
from hw1.evaluation.probabilities import METRIC, areas, scored_sums
from hw1.fitted.base import Floats
from hw1.params.evaluate import EvaluateParams

Codes = NDArray[np.int64]
Measure = Callable[[pd.DataFrame, Codes, Floats], Floats]
"""From held-out rows, every row's state, [rows], and how often each sample draws each state,
[samples, states], to a number a sample, [samples]."""
Span = dict[str, Any]
"""`value`, with `low` and `high` where every sample has a value."""


DECIMALS = 9


def cross_entropy(scored: pd.DataFrame, codes: Codes, counts: Floats) -> Floats:
    """Mean surprise in nats; see `Measure`."""
    return scored_sums(scored, codes).resampled(counts).errors()[METRIC]


def accuracy(scored: pd.DataFrame, codes: Codes, counts: Floats) -> Floats:
    """Percent of the rows whose class is right; see `Measure`."""
    return 100 * scored_sums(scored, codes).resampled(counts).errors()["accuracy"]


def auc(scored: pd.DataFrame, codes: Codes, counts: Floats) -> Floats:
    """Area under the ROC curve; see `Measure`."""
    return areas(scored, codes, counts)


def skill(scored: pd.DataFrame, codes: Codes, counts: Floats) -> Floats:
    """Percent of persistence's squared error that is saved; see `Measure`."""
    sums = error_sums(
        scored["target"], scored["predicted"], scored["known"], scored["weight"], codes
    )
    return 100 * sums.resampled(counts).errors()["skill"]


class Draws:
    """States drawn as the evaluate stage draws them; the same draws for all that is compared.

    Args:
        scored: the held-out rows: `state` and `weight`.
        params: section `evaluate:`.

    Raises:
        DataError: rows of fewer than two states are held out.
    """

    def __init__(self, scored: pd.DataFrame, params: EvaluateParams) -> None:
        _, self._codes = np.unique(scored["state"].to_numpy(dtype=str), return_inverse=True)
        weights = np.bincount(self._codes, weights=scored["weight"]).astype(np.float64)
        counts = state_draws(weights, params.bootstrap, np.random.default_rng(params.seed))
        if counts is None:
            raise DataError("rows of two states must be held out; check `ingest.split`")
        self._counts, self._all = counts, np.ones((1, len(weights)))
        self._tail = (1 - params.confidence) / 2

    def span(self, measure: Measure, scored: pd.DataFrame) -> Span:
        """A measure of all rows, with its interval over the draws."""
        return self._span(lambda counts: measure(scored, self._codes, counts))

    def difference(self, measure: Measure, first: pd.DataFrame, second: pd.DataFrame) -> Span:
        """The first's measure less the second's, of the same states in every draw.

        Args:
            measure: what is compared.
            first: held-out rows.
            second: the same rows, predicted otherwise.

        Returns:
            A span, with `sure`: whether its interval lies on one side of zero.
        """

        def apart(counts: Floats) -> Floats:
            return measure(first, self._codes, counts) - measure(second, self._codes, counts)

        # what is left of rounding errors is no difference
        span = {name: _rounded(value) for name, value in self._span(apart).items()}
        sure = "low" in span and (span["low"] > 0.0 or span["high"] < 0.0)
        return span | {"sure": bool(sure)}

    def _span(self, measured: Callable[[Floats], Floats]) -> Span:
        span: Span = {"value": float(measured(self._all)[0])}
        draws = measured(self._counts)
        if np.isfinite(draws).all():
            low, high = np.quantile(draws, [self._tail, 1 - self._tail])
            span |= {"low": float(low), "high": float(high)}
        return span


def _rounded(value: float) -> float:
    return round(value, DECIMALS) + 0.0


def over_seeds(values: Sequence[float]) -> dict[str, float]:
    """Mean and deviation (n - 1 in the denominator); no deviation of one value."""
    numbers = np.asarray(values, dtype=np.float64)
    found = {"mean": float(numbers.mean())}
    return found | ({"deviation": float(numbers.std(ddof=1))} if len(numbers) > 1 else {})


def span_of(valid: Mapping[str, float], name: str, factor: float = 1.0) -> Span:
    """A number of the evaluate stage's group `valid` with its interval, times a factor."""
    keys = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
    return {end: factor * valid[key] for end, key in keys.items() if key in valid}
