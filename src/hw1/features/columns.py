"""What one feature is made of, and its values for a table of windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.core.errors import DataError
from hw1.core.survey import LINKED_PREFIXES
from hw1.transforms import Floats, transform

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Feature:
    """How one feature is read off a window: a level, a change between two days, or a state.

    Attributes:
        name: the feature's own name.
        column: the table's column it is made from.
        minus: the column subtracted from it, for a change.
        equals: the state for which it is 1 (0 for all others), for a state.
    """

    name: str
    column: str
    minus: str | None = None
    equals: str | None = None

    @property
    def linked(self) -> bool:
        """Whether it needs a linked window, and is NaN where there is none."""
        return self.name.startswith(LINKED_PREFIXES)

    def to_dict(self) -> dict[str, str]:
        """A JSON-ready form without empty entries, read back by `from_dict`."""
        parts = {
            "name": self.name,
            "column": self.column,
            "minus": self.minus,
            "equals": self.equals,
        }
        return {key: part for key, part in parts.items() if part is not None}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Feature:
        """Read what `to_dict` wrote."""
        return cls(**value)


def feature_values(features: Sequence[Feature], windows: pd.DataFrame, scale: str) -> Floats:
    """Values of features, before standardisation.

    Args:
        features: which features; only the columns they name are read.
        windows: one window a row; day columns in percent, `state` as text.
        scale: transform of the percentages, applied before a change is taken.

    Returns:
        float64 [rows, features]; NaN in linked features of rows without that link, whose columns
        may also be missing.

    Raises:
        DataError: a column is missing or holds something that is not a finite number.
    """
    needed = _columns_of([f for f in features if not f.linked])
    optional = _columns_of([f for f in features if f.linked]) - needed
    levels = {name: _level(windows, name, scale) for name in sorted(needed)}
    levels |= {name: _linked_level(windows, name, scale) for name in sorted(optional)}
    values = np.empty((len(windows), len(features)))
    for place, feature in enumerate(features):
        if feature.equals is not None:
            values[:, place] = _texts(windows, feature.column) == feature.equals
        elif feature.minus is not None:
            values[:, place] = levels[feature.column] - levels[feature.minus]
        else:
            values[:, place] = levels[feature.column]
    return values


def _columns_of(features: Sequence[Feature]) -> set[str]:
    """The numeric columns that features are made from."""
    columns = {feature.column for feature in features if feature.equals is None}
    return columns | {feature.minus for feature in features if feature.minus is not None}


def check_states(windows: pd.DataFrame, known: Sequence[str]) -> None:
    """Refuse states that were not there when the features were fitted.

    Raises:
        DataError: it names the unknown state and the row of its first window.
    """
    states = _texts(windows, "state")
    for row in np.flatnonzero(~np.isin(states, np.asarray(known, dtype=object)))[:1]:
        raise DataError(
            f"row {row} is of state {states[row]!r}, which the training data lacks "
            f"({', '.join(known)}); `features.states: false` predicts for any state"
        )


def _column(windows: pd.DataFrame, name: str) -> Any:
    if name not in windows.columns:
        raise DataError(f"the windows lack column `{name}`")
    return windows[name]


def _texts(windows: pd.DataFrame, name: str) -> Any:
    return _column(windows, name).to_numpy(dtype=object)


def _linked_level(windows: pd.DataFrame, name: str, scale: str) -> Floats:
    """Levels on days that a window may lack."""
    if name not in windows.columns:
        return np.full(len(windows), np.nan)
    return transform(scale, _percent(windows, name))


def _percent(windows: pd.DataFrame, name: str) -> Floats:
    try:
        percent: Floats = _column(windows, name).to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise DataError(f"column `{name}` holds something that is no number: {problem}") from None
    return percent


def _level(windows: pd.DataFrame, name: str, scale: str) -> Floats:
    percent = _percent(windows, name)
    for row in np.flatnonzero(~np.isfinite(percent))[:1]:
        raise DataError(f"column `{name}`, row {row}: {percent[row]} is not a finite number")
    return transform(scale, percent)
