"""Pairs: earlier days of a window as further rows to train on.

A window of D days shows more than one step from a day to the next: moved back by s days, its day
D-s takes the place of the target's day, and its positivity, which is visible, that of the target.
Such a pair teaches the same step as the window itself. It is the only way to learn from the test
set's windows, whose last positivity nobody shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hw1.core.survey import Structure
from hw1.features.columns import Feature

if TYPE_CHECKING:
    import pandas as pd

OWN, WITHIN, SHOWN = "own", "within", "shown"
"""Where a row to train on comes from: the window itself, earlier days of a training window, or
visible days of a held-out or test window."""


def with_pairs(
    windows: pd.DataFrame,
    shown: pd.DataFrame | None,
    structure: Structure,
    candidates: Sequence[Feature],
) -> pd.DataFrame:
    """Training windows, followed by the pairs that they and other windows' visible days hold.

    Neighbouring windows share days and so pairs; each is kept once.

    Args:
        windows: training windows: id, state and all day columns, percent.
        shown: windows of which only the visible days may be used, or None; a target column is not
            looked at.
        structure: names of states, signals and days.
        candidates: features that will be built; a pair must hold every day that they need.

    Returns:
        Columns of `windows` and `origin`: `own`, `within` or `shown`. Days that lie before a moved
        window's first are NaN.
    """
    import pandas as pd

    needed = _needed(structure, candidates)
    shifts = range(1, _days_to_spare(structure, needed) + 1)
    tables = [windows.assign(origin=OWN)]
    tables += [_moved(windows, structure, shift).assign(origin=WITHIN) for shift in shifts]
    if shown is not None:
        tables += [_moved(shown, structure, shift).assign(origin=SHOWN) for shift in shifts]
    rows = pd.concat(tables, ignore_index=True)
    repeated = rows.duplicated(["state", *needed]) & (rows["origin"] != OWN)
    return rows[~repeated].reset_index(drop=True)


def _needed(structure: Structure, candidates: Sequence[Feature]) -> list[str]:
    """Day columns that a pair must hold: those of the features, and both ends of the change."""
    names = {structure.target_column, structure.known_column}
    for feature in candidates:
        names |= {feature.column, feature.minus or feature.column} if not feature.equals else set()
    return [name for name in structure.day_columns if name in names]


def _days_to_spare(structure: Structure, needed: list[str]) -> int:
    """By how many days a window can be moved back and still hold all that is needed."""
    per_day = len(structure.signals)
    return structure.day_columns.index(needed[0]) // per_day


def _moved(windows: pd.DataFrame, structure: Structure, shift: int) -> pd.DataFrame:
    """Windows whose day d is the original's day d - `shift`."""
    import pandas as pd

    width = len(structure.signals) * shift
    columns = structure.day_columns
    days = windows[columns[:-width]].to_numpy()
    values = np.hstack([np.full((len(windows), width), np.nan), days])
    moved = pd.DataFrame(values, columns=columns, index=windows.index)
    return pd.concat([windows[["id", "state"]], moved], axis="columns")
