"""Design tables as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from hw1.core.errors import DataError
from hw1.core.files import read_columns
from hw1.core.layout import fold_order
from hw1.core.survey import LINKED_PREFIXES
from hw1.fitted.base import Array, Floats

if TYPE_CHECKING:
    import pandas as pd

DESCRIBING = ("id", "role", "weight", "origin", "state", "target", "known")


@dataclass(frozen=True)
class Part:
    """The rows of one role.

    Attributes:
        x: features, shape [rows, features]; NaN in linked ones of rows without that link.
        target: positivity to predict, percent, shape [rows].
        known: the day before's positivity, percent, shape [rows].
        weight: what a row counts in errors, shape [rows].
        states: every row's state, shape [rows].
    """

    x: Floats
    target: Floats
    known: Floats
    weight: Floats
    states: Array

    def equals(self, other: Part) -> bool:
        """Whether a model fitted on these rows is the one fitted on the others."""
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return all(
            np.array_equal(own, theirs, equal_nan=own.dtype.kind == "f") for own, theirs in pairs
        )

    def errors(self, predicted: Floats) -> Floats:
        """Weighted mean squared errors.

        Args:
            predicted: percent, shape [members, rows].

        Returns:
            Squared percentage points, shape [members].
        """
        squares = (predicted - self.target) ** 2
        return np.asarray((squares * self.weight).sum(axis=1) / self.weight.sum())


@dataclass(frozen=True)
class Design:
    """One fold: the rows to fit on, and those to judge by.

    Attributes:
        fold: "0", "1", ... or "final".
        train: rows to fit on.
        validation: rows to judge by; None where every row is fitted on.
    """

    fold: str
    train: Part
    validation: Part | None


def read_designs(folder: Path) -> dict[str, Design]:
    """Read every fold's design table: numbered folds in order, then "final".

    Raises:
        DataError: there is none, or one is not a design table.
    """
    names = sorted((path.stem for path in folder.glob("*.parquet")), key=fold_order)
    if not names:
        raise DataError(f"{folder} holds no design tables; `dvc repro` makes them")
    return {name: to_design(name, read_columns(folder / f"{name}.parquet")) for name in names}


def to_design(fold: str, table: pd.DataFrame | Mapping[str, ArrayLike]) -> Design:
    """Split a design table by role.

    Args:
        fold: its name.
        table: columns id, role, weight, origin, state, target, known (percent), then the features.

    Raises:
        DataError: columns are missing, values are not finite, or nothing is left to fit on.
    """
    missing = [name for name in DESCRIBING if name not in table]
    if missing:
        raise DataError(f"design of fold {fold}: columns {', '.join(missing)} are missing")
    features = [name for name in table if name not in DESCRIBING]
    if not features:
        raise DataError(f"design of fold {fold}: no features")
    numbers = {
        name: np.asarray(table[name], dtype=np.float64)
        for name in ("target", "known", "weight", *features)
    }
    for name, values in numbers.items():
        _require_finite(fold, name, values)
    role, states = (np.asarray(table[name], dtype=object) for name in ("role", "state"))
    train = _part(numbers, features, states, role == "train")
    validation = _part(numbers, features, states, role == "validation")
    if len(train.x) < 2:
        raise DataError(f"design of fold {fold}: {len(train.x)} training rows are too few")
    if len(validation.x) and validation.weight.sum() <= 0.0:
        raise DataError(f"design of fold {fold}: validation rows have no weight")
    return Design(fold, train, validation if len(validation.x) else None)


def _require_finite(fold: str, name: str, values: Floats) -> None:
    if np.isinf(values).any():
        raise DataError(f"design of fold {fold}: `{name}` holds values that are infinite")
    # a window without a link lacks the features that need one
    if np.isnan(values).any() and not name.startswith(LINKED_PREFIXES):
        raise DataError(f"design of fold {fold}: `{name}` holds values that are not finite")


def _part(numbers: Mapping[str, Floats], features: list[str], states: Array, rows: Array) -> Part:
    return Part(
        x=np.column_stack([numbers[name][rows] for name in features]),
        target=numbers["target"][rows],
        known=numbers["known"][rows],
        weight=numbers["weight"][rows],
        states=states[rows],
    )
