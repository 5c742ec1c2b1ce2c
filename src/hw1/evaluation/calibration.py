"""Whether what is predicted comes true: groups of rows by prediction, and what was observed."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.evaluation.bootstrap import state_draws
from hw1.params.evaluate import EvaluateParams

Array = NDArray[np.float64]

MOST_BINS = 10
FEWEST_ROWS = 20
"""Of a bin: with fewer, what was observed is mostly noise, and a table would quote single rows."""


def calibration_table(scored: pd.DataFrame, params: EvaluateParams) -> pd.DataFrame:
    """Mean prediction and mean outcome in groups of rows of equal size, lowest predictions first.

    Args:
        scored: `target`, `predicted`, `weight` and `state`; percentages or probabilities.
        params: section `evaluate:`, whose resamples of states tell how sure the outcome is.

    Returns:
        bin (from 1), predicted, observed, error (the standard error of what was observed: its
        deviation over resamples of states, see `hw1.evaluation.bootstrap`; empty where fewer than
        two states have rows) and rows.
    """
    codes = _bins(scored)
    lines = [
        {"bin": code + 1, **_bin(scored[codes == code], params)} for code in range(codes.max() + 1)
    ]
    return pd.DataFrame(lines)


def _bin(rows: pd.DataFrame, params: EvaluateParams) -> dict[str, float]:
    target, predicted, weight = (
        rows[name].to_numpy(np.float64) for name in ("target", "predicted", "weight")
    )
    if not weight.sum() > 0.0:
        weight = np.ones(len(rows))
    _, states = np.unique(rows["state"].to_numpy(dtype=str), return_inverse=True)
    weights, outcomes = (
        np.bincount(states, values).astype(np.float64) for values in (weight, weight * target)
    )
    generator = np.random.default_rng(params.seed)
    counts = state_draws(weights, params.bootstrap, generator)
    draws = np.array([np.nan]) if counts is None else (counts @ outcomes) / (counts @ weights)
    return {
        "predicted": float(np.average(predicted, weights=weight)),
        "observed": float(np.average(target, weights=weight)),
        "error": float(draws.std()),
        "rows": len(rows),
    }


def calibration_error(scored: pd.DataFrame, params: EvaluateParams) -> dict[str, float]:
    """Expected calibration error: mean distance of prediction and outcome over the groups.

    Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian
    binning", with groups of equal size.
    """
    table = calibration_table(scored, params)
    distances = (table["predicted"] - table["observed"]).abs()
    codes = _bins(scored)
    weights = np.bincount(codes, scored["weight"].to_numpy(np.float64))
    return {"error": float(np.average(distances, weights=weights)), "bins": len(table)}


def _bins(scored: pd.DataFrame) -> NDArray[np.int64]:
    """Every row's group, from 0; groups are of equal size to within one row."""
    predicted = scored["predicted"].to_numpy(np.float64)
    count = min(MOST_BINS, max(1, len(predicted) // FEWEST_ROWS))
    ranks = np.empty(len(predicted), dtype=np.int64)
    ranks[np.argsort(predicted, kind="stable")] = np.arange(len(predicted))
    return ranks * count // len(predicted)
