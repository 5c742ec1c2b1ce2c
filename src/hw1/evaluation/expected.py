"""What error to expect on the test set, from days that both the model and we have seen.

Errors do not carry over from validation to test, where levels are others; their ratio to the error
of persistence does. So the estimate is that ratio on held-out later days times the error that
persistence makes between the *visible* days of the test windows.

The interval is for the error that will come out, whose hidden days are one more draw of days, so
both the ratio and persistence are uncertain twice: as measured, and as they will come out. The
noise adds up on the logarithm (the delta method). That of the ratio comes from how much states
differ; that of persistence, on all visible pairs of days and on a single one, from how much windows
of *one state* differ: the test set's states are given, and to draw other ones makes intervals twice
as wide as need be. A bootstrap gave the same bounds as the formulas; bench/expected.md has the
coverage.

It holds for a model whose skill lasts. One that fails beyond the levels it has seen, such as trees
on the level, may do well on held-out days and fail on the test set unannounced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from hw1.core.survey import TARGET, Structure, column_name
from hw1.evaluation.errors import Array, ErrorSums
from hw1.evaluation.labels import interval, number
from hw1.references import MetricName


@dataclass(frozen=True)
class Expected:
    """A test error before it is known, in squared percentage points.

    Attributes:
        mse: the estimate.
        deviation: of the logarithm of the MSE that will come out around the estimate's; None
            where the rows do not tell.
        persistence_mse: what persistence is expected to make.
    """

    mse: float
    deviation: float | None
    persistence_mse: float

    def interval(self, confidence: float) -> tuple[float, float] | None:
        """Bounds of the MSE that will come out, with this probability; None if unknown."""
        if self.deviation is None:
            return None
        factor = exp(NormalDist().inv_cdf((1 + confidence) / 2) * self.deviation)
        return self.mse / factor, self.mse * factor

    def metrics(self, metric: MetricName, confidence: float) -> dict[str, str | float]:
        """The group `expected` of metrics/submit.json, in the edition's own metric."""

        def own(mse: float) -> float:
            return mse if metric == "mse" else sqrt(mse)

        bounds = self.interval(confidence)
        return {
            "metric": metric,
            "value": own(self.mse),
            **({} if bounds is None else {"low": own(bounds[0]), "high": own(bounds[1])}),
            "confidence": confidence,
            "persistence": own(self.persistence_mse),
            "skill": 1 - self.mse / self.persistence_mse,
        }


def expected_error(
    held_out: ErrorSums, test: pd.DataFrame, structure: Structure
) -> Expected | None:
    """Estimate the MSE on test rows from their visible days.

    Args:
        held_out: sums of every state over rows of held-out later days, [states]. They need not be
            the test set's states: only the pooled ratio is taken over.
        test: `state` and the visible day columns, percent.
        structure: the survey's structure.

    Returns:
        None where nothing can be told: no row is held out in time, persistence makes no error, or
        the windows have no two days whose positivity is visible.
    """
    steps = squared_steps(test, structure)
    squared, persistence = held_out.squared.sum(), held_out.persistence.sum()
    if persistence == 0 or not steps.any():
        return None
    visible = float(steps.mean())
    states = test["state"].to_numpy(dtype=str)
    measured = ratio_variance(held_out) + mean_variance(steps.mean(axis=1), states)
    one_pair = float(np.mean([mean_variance(step, states) for step in steps.T]))
    total = measured + ratio_variance(held_out) + one_pair
    return Expected(
        mse=float(squared / persistence) * visible,
        deviation=sqrt(total) if np.isfinite(total) else None,
        persistence_mse=visible,
    )


def expected_line(expected: Mapping[str, Any]) -> str:
    """The estimate in words: `expect MSE 1.225 [1.09, 1.37]`.

    Args:
        expected: what `Expected.metrics` returned.
    """
    line = f"expect {expected['metric'].upper()} {number(expected['value'])}"
    return line + (f" {interval(expected['low'], expected['high'])}" if "low" in expected else "")


def squared_steps(test: pd.DataFrame, structure: Structure) -> Array:
    """Squared changes of positivity between visible days, [rows, D-2], oldest first."""
    days = [column_name(TARGET, day) for day in range(1, structure.days)]
    steps: Array = np.diff(test[days].to_numpy(dtype=np.float64), axis=1) ** 2
    return steps


def ratio_variance(sums: ErrorSums) -> float:
    """Variance of the logarithm of MSE / persistence's MSE, were other states drawn.

    Returns:
        NaN where fewer than two states have rows, or the model makes no error.
    """
    states = np.count_nonzero(sums.weight > 0)
    squared = sums.squared.sum()
    if states < 2 or squared == 0:
        return float("nan")
    influence = sums.squared / squared - sums.persistence / sums.persistence.sum()
    return float(states / (states - 1) * (influence**2).sum())


def mean_variance(values: Array, states: Array) -> float:
    """Variance of the logarithm of a mean, were other rows of the same states drawn.

    Args:
        values: one a row, not negative, [rows].
        states: every row's state, [rows]. States of a single row are taken for one state, since
            one row says nothing about how much a state's rows differ.

    Returns:
        NaN where no two rows can be compared, or all values are 0.
    """
    table = pd.DataFrame({"value": values, "state": states})
    alone = table.groupby("state")["value"].transform("size") == 1
    groups = table.groupby(table["state"].mask(alone, ""))["value"]
    variance = groups.var(ddof=1)
    if variance.isna().all() or values.sum() == 0:
        return float("nan")
    return float((groups.size() * variance.fillna(0.0)).sum() / values.sum() ** 2)
