"""Design tables as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hw1.errors import DataError
from hw1.files import read_parquet
from hw1.fitted.base import Array, Floats
from hw1.layout import fold_order
from hw1.survey import LINKED_PREFIXES

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
    return {name: to_design(name, read_parquet(folder / f"{name}.parquet")) for name in names}


def to_design(fold: str, table: pd.DataFrame) -> Design:
    """Split a design table by role.

    Args:
        fold: its name.
        table: columns id, role, weight, origin, state, target, known (percent), then the features.

    Raises:
        DataError: columns are missing, values are not finite, or nothing is left to fit on.
    """
    missing = [name for name in DESCRIBING if name not in table.columns]
    if missing:
        raise DataError(f"design of fold {fold}: columns {', '.join(missing)} are missing")
    features = [name for name in table.columns if name not in DESCRIBING]
    if not features:
        raise DataError(f"design of fold {fold}: no features")
    # a window without a link lacks those that need one
    complete = [name for name in features if not name.startswith(LINKED_PREFIXES)]
    numbers = table[["target", "known", "weight", *complete]]
    wrong = numbers.columns[~np.isfinite(numbers.to_numpy(dtype=np.float64)).all(axis=0)]
    if len(wrong):
        raise DataError(f"design of fold {fold}: `{wrong[0]}` holds values that are not finite")
    _refuse_infinity(fold, table[features])
    train = _part(table[table["role"] == "train"], features)
    validation = _part(table[table["role"] == "validation"], features)
    if len(train.x) < 2:
        raise DataError(f"design of fold {fold}: {len(train.x)} training rows are too few")
    if len(validation.x) and validation.weight.sum() <= 0.0:
        raise DataError(f"design of fold {fold}: validation rows have no weight")
    return Design(fold, train, validation if len(validation.x) else None)


def _refuse_infinity(fold: str, features: pd.DataFrame) -> None:
    infinite = features.columns[np.isinf(features.to_numpy(dtype=np.float64)).any(axis=0)]
    if len(infinite):
        raise DataError(f"design of fold {fold}: `{infinite[0]}` holds values that are infinite")


def _part(table: pd.DataFrame, features: list[str]) -> Part:
    return Part(
        x=np.ascontiguousarray(table[features].to_numpy(dtype=np.float64)),
        target=table["target"].to_numpy(dtype=np.float64),
        known=table["known"].to_numpy(dtype=np.float64),
        weight=table["weight"].to_numpy(dtype=np.float64),
        states=table["state"].to_numpy(dtype=object),
    )
