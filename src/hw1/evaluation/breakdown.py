"""Where the error comes from: by state, and by how high positivity is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hw1.evaluation.errors import ErrorSums, error_sums
from hw1.evaluation.scored import reference

LEVEL_DECIMALS = 2
"""Bounds of levels are rounded: tables that go into git describe groups and quote no single row."""


def state_sums(scored: pd.DataFrame) -> tuple[list[str], ErrorSums]:
    """Names of the states in alphabetical order, and the error sums of each.

    Args:
        scored: rows with `state`, `weight`, `target`, `known` and `predicted` (percent).
    """
    states, codes = np.unique(scored["state"].to_numpy(dtype=str), return_inverse=True)
    return [str(state) for state in states], _sums(scored, codes)


def by_state(scored: pd.DataFrame) -> pd.DataFrame:
    """Errors of each state, alphabetically: state, rows, then the errors."""
    states, sums = state_sums(scored)
    return _table({"state": states}, sums)


def by_level(scored: pd.DataFrame, levels: int) -> pd.DataFrame:
    """Errors in groups of rows of equal size (to within one), from low to high positivity.

    Rows are grouped by the last *known* positivity. Groups by the true one would select on the
    outcome: any model would look too high in the lowest group and too low in the highest.

    Args:
        scored: rows with `weight`, `target`, `known` and `predicted` (percent).
        levels: number of groups; fewer where there are fewer rows.

    Returns:
        level (from 1), level_low and level_high (percent), rows, then the errors.
    """
    known = scored["known"].to_numpy(dtype=np.float64)
    count = min(levels, len(known))
    ranks = np.empty(len(known), dtype=np.int64)
    ranks[np.argsort(known, kind="stable")] = np.arange(len(known))
    codes = ranks * count // len(known)
    members = [known[codes == level] for level in range(count)]
    names: dict[str, Sequence[Any]] = {
        "level": list(range(1, count + 1)),
        "level_low": [round(float(group.min()), LEVEL_DECIMALS) for group in members],
        "level_high": [round(float(group.max()), LEVEL_DECIMALS) for group in members],
    }
    return _table(names, _sums(scored, codes))


def _sums(scored: pd.DataFrame, codes: Any) -> ErrorSums:
    return error_sums(
        scored["target"], scored["predicted"], reference(scored), scored["weight"], codes
    )


def _table(names: dict[str, Sequence[Any]], sums: ErrorSums) -> pd.DataFrame:
    errors = sums.errors()
    columns = ["mse", "mae", "bias", "persistence_mse", "skill"]
    return pd.DataFrame(
        {
            **names,
            "rows": sums.rows.astype(np.int64),
            **{column: errors[column] for column in columns},
        }
    )
