"""Two variants' predictions of the same validation rows, brought together."""

from typing import TYPE_CHECKING

import numpy as np

from hw1.core.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

KEY = ["id", "fold"]
NUMBERS = ["weight", "target", "known", "predicted"]
SAME = 1e-5
"""Relative tolerance below which targets and weights are equal: files keep six digits."""


def paired_rows(a: "pd.DataFrame", b: "pd.DataFrame") -> "pd.DataFrame | None":
    """A's rows with both predictions, as columns `a` and `b` (percent) instead of `predicted`.

    Returns:
        One line a row and fold, in A's order; None where the sides hold other rows, or rows of
        other states, targets or weights.

    Raises:
        DataError: a row stands twice, or a value is no finite number.
    """
    left, right = _indexed(a, "A"), _indexed(b, "B")
    if len(left) != len(right) or not left.index.isin(right.index).all():
        return None
    right = right.loc[left.index]
    if (left["state"].to_numpy(dtype=str) != right["state"].to_numpy(dtype=str)).any():
        return None
    for column in ("target", "weight", "known"):
        if not np.allclose(left[column], right[column], rtol=SAME):
            return None
    paired = left.drop(columns="predicted").assign(a=left["predicted"], b=right["predicted"])
    return paired.reset_index()


def _indexed(scored: "pd.DataFrame", name: str) -> "pd.DataFrame":
    if scored.duplicated(KEY).any():
        twice = scored.loc[scored.duplicated(KEY), "id"].iloc[0]
        raise DataError(f"the predictions of {name} hold id {twice} twice in one fold")
    if not np.isfinite(scored[NUMBERS].to_numpy()).all():
        raise DataError(f"the predictions of {name} hold a value that is no number")
    return scored.set_index(KEY)
