"""Errors on held-out later days by state, as a table that other stages read."""

from dataclasses import fields

import numpy as np
import pandas as pd

from hw1.evaluation.breakdown import state_sums
from hw1.evaluation.errors import ErrorSums
from hw1.params.ingest import IN_TIME

SUM_COLUMNS = [field.name for field in fields(ErrorSums)]


def time_table(scored: pd.DataFrame, method: str) -> pd.DataFrame:
    """The sums of every state over rows that lie after all that the model has seen of it.

    Args:
        scored: rows with `state`, `weight`, `target`, `known` and `predicted` (percent).
        method: how they were held out.

    Returns:
        Columns state and `SUM_COLUMNS`, states in alphabetical order. No rows where the method
        does not hold out later days.
    """
    states, sums = state_sums(scored if method in IN_TIME else scored.iloc[:0])
    columns = {name: getattr(sums, name)[: len(states)] for name in SUM_COLUMNS}
    return pd.DataFrame({"state": states, **columns})


def time_sums(table: pd.DataFrame) -> ErrorSums:
    """The sums that `time_table` wrote, [states]."""
    return ErrorSums(*(table[name].to_numpy(dtype=np.float64) for name in SUM_COLUMNS))
