"""Errors by state on the rows that stand for the test set, as a table that other stages read."""

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import pandas as pd

from hw1.core.survey import Link
from hw1.evaluation.breakdown import state_sums
from hw1.evaluation.errors import ErrorSums
from hw1.evaluation.labels import is_transductive
from hw1.params.ingest import SplitMethod

SUM_COLUMNS = [field.name for field in fields(ErrorSums)]


def held_out_table(by_method: Mapping[SplitMethod, pd.DataFrame], link: Link) -> pd.DataFrame:
    """The sums of every state over held-out rows that are what the test set's rows are.

    The test set lies later than training, so `forward` tells, or else `rolling`. For linked windows
    `blocks` does: most test windows have windows on both sides, and those that are held out at the
    end of a chain lack the ones after them.

    Args:
        by_method: held-out rows by split: `state`, `weight`, `target`, `known`, `predicted`
            (percent).
        link: `ingest.link`.

    Returns:
        Columns state and `SUM_COLUMNS`, states in alphabetical order. No rows where no such split
        was asked for.
    """
    wanted: tuple[SplitMethod, ...] = ("forward", "rolling")
    if is_transductive(link):
        wanted = ("blocks",)
    found = [by_method[method] for method in wanted if method in by_method]
    nothing = next(iter(by_method.values())).iloc[:0]
    states, sums = state_sums(found[0] if found else nothing)
    columns = {name: getattr(sums, name)[: len(states)] for name in SUM_COLUMNS}
    return pd.DataFrame({"state": states, **columns})


def held_out_sums(table: pd.DataFrame) -> ErrorSums:
    """The sums that `held_out_table` wrote, [states]."""
    return ErrorSums(*(table[name].to_numpy(dtype=np.float64) for name in SUM_COLUMNS))
