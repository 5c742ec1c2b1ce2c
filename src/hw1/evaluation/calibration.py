"""Whether what is predicted comes true: groups of rows by prediction, and what was observed."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_BINS = 10
FEWEST_ROWS = 20
"""Of a bin: with fewer, what was observed is mostly noise, and a table would quote single rows."""


def calibration_table(scored: pd.DataFrame) -> pd.DataFrame:
    """Mean prediction and mean outcome in groups of rows of equal size, lowest predictions first.

    Args:
        scored: `target`, `predicted` and `weight`; percentages or probabilities.

    Returns:
        bin (from 1), predicted, observed, error (the standard error of what was observed, as if
        rows were independent) and rows.
    """
    codes = _bins(scored)
    weight = scored["weight"].to_numpy(np.float64)
    lines = []
    for code in range(codes.max() + 1):
        own = codes == code
        weights = weight[own] if weight[own].sum() > 0.0 else np.ones(own.sum())
        target = scored["target"].to_numpy(np.float64)[own]
        mean = np.average(target, weights=weights)
        spread = np.average((target - mean) ** 2, weights=weights)
        size = weights.sum() ** 2 / (weights**2).sum()  # effective number of rows (Kish 1965)
        lines.append(
            {
                "bin": code + 1,
                "predicted": np.average(scored["predicted"].to_numpy()[own], weights=weights),
                "observed": mean,
                "error": np.sqrt(spread / size),
                "rows": int(own.sum()),
            }
        )
    return pd.DataFrame(lines)


def calibration_error(scored: pd.DataFrame) -> dict[str, float]:
    """Expected calibration error: mean distance of prediction and outcome over the groups.

    Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian
    binning", with groups of equal size.
    """
    table = calibration_table(scored)
    distances = (table["predicted"] - table["observed"]).abs()
    return {"error": float(np.average(distances, weights=table["rows"])), "bins": len(table)}


def _bins(scored: pd.DataFrame) -> NDArray[np.int64]:
    """Every row's group, from 0; groups are of equal size to within one row."""
    predicted = scored["predicted"].to_numpy(np.float64)
    count = min(MOST_BINS, max(1, len(predicted) // FEWEST_ROWS))
    ranks = np.empty(len(predicted), dtype=np.int64)
    ranks[np.argsort(predicted, kind="stable")] = np.arange(len(predicted))
    return ranks * count // len(predicted)
