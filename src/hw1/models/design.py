"""Design tables as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from hw1.core.errors import DataError
from hw1.core.files import read_columns
from hw1.core.layout import fold_order
from hw1.core.survey import LINKED_PREFIXES, TARGET, WHOLE_DAY_PREFIXES
from hw1.fitted.base import Array, Floats

if TYPE_CHECKING:
    import pandas as pd

DESCRIBING = ("id", "role", "weight", "origin", "state", "target", "known")


@dataclass(frozen=True)
class Day:
    """The last day of every row's window as a whole.

    Attributes:
        true: all its signals, percent, positivity last, shape [rows, signals].
        known: those of the day before, percent, shape [rows, signals].
        signals: their names.
    """

    true: Floats
    known: Floats
    signals: tuple[str, ...]

    def at(self, rows: Array) -> Day:
        """Some of the rows, by a mask or by their places."""
        return Day(self.true[rows], self.known[rows], self.signals)


@dataclass(frozen=True)
class Part:
    """The rows of one role.

    Attributes:
        x: features, shape [rows, features]; NaN in linked ones of rows without that link.
        target: positivity to predict, percent, shape [rows].
        known: the day before's positivity, percent, shape [rows].
        weight: what a row counts in errors, shape [rows].
        states: every row's state, shape [rows].
        day: the whole of the last day; None where it may be seen.
    """

    x: Floats
    target: Floats
    known: Floats
    weight: Floats
    states: Array
    day: Day | None = None

    def equals(self, other: Part) -> bool:
        """Whether a model fitted on these rows is the one fitted on the others."""
        arrays, others = self._arrays(), other._arrays()
        return len(arrays) == len(others) and all(
            np.array_equal(own, theirs, equal_nan=own.dtype.kind == "f")
            for own, theirs in zip(arrays, others, strict=True)
        )

    def _arrays(self) -> list[Array]:
        arrays = [self.x, self.target, self.known, self.weight, self.states]
        return arrays if self.day is None else [*arrays, self.day.true, self.day.known]

    def at(self, rows: Array) -> Part:
        """Some of the rows, by a mask or by their places."""
        return Part(
            x=self.x[rows],
            target=self.target[rows],
            known=self.known[rows],
            weight=self.weight[rows],
            states=self.states[rows],
            day=None if self.day is None else self.day.at(rows),
        )

    def errors(self, predicted: Floats, truth: Floats | None = None) -> Floats:
        """Weighted mean squared errors.

        Args:
            predicted: percent, shape [members, rows].
            truth: what was to be predicted where it is not the target itself, shape [rows].

        Returns:
            Squared percentage points, shape [members].
        """
        squares = (predicted - (self.target if truth is None else truth)) ** 2
        return np.asarray((squares * self.weight).sum(axis=1) / self.weight.sum())


def joined(parts: Sequence[Part]) -> Part:
    """The rows of several parts, one part after the other; all of them have a `day`, or none."""
    days = [part.day for part in parts if part.day is not None]
    return Part(
        x=np.concatenate([part.x for part in parts]),
        target=np.concatenate([part.target for part in parts]),
        known=np.concatenate([part.known for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        states=np.concatenate([part.states for part in parts]),
        day=None
        if not days
        else Day(
            np.concatenate([day.true for day in days]),
            np.concatenate([day.known for day in days]),
            days[0].signals,
        ),
    )


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
        table: columns id, role, weight, origin, state, target, known (percent), those of the whole
            last day if it is not seen (percent), then the features.

    Raises:
        DataError: columns are missing, values are not finite, or nothing is left to fit on.
    """
    missing = [name for name in DESCRIBING if name not in table]
    if missing:
        raise DataError(f"design of fold {fold}: columns {', '.join(missing)} are missing")
    whole_day = [name for name in table if name.startswith(WHOLE_DAY_PREFIXES)]
    features = [name for name in table if name not in (*DESCRIBING, *whole_day)]
    if not features:
        raise DataError(f"design of fold {fold}: no features")
    numbers = {
        name: np.asarray(table[name], dtype=np.float64)
        for name in ("target", "known", "weight", *whole_day, *features)
    }
    for name, values in numbers.items():
        _require_finite(fold, name, values)
    role, states = (np.asarray(table[name], dtype=object) for name in ("role", "state"))
    everything = Part(
        x=np.column_stack([numbers[name] for name in features]),
        target=numbers["target"],
        known=numbers["known"],
        weight=numbers["weight"],
        states=states,
        day=_day(numbers) if whole_day else None,
    )
    train, validation = everything.at(role == "train"), everything.at(role == "validation")
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


def _day(numbers: Mapping[str, Floats]) -> Day:
    true, known = WHOLE_DAY_PREFIXES
    others = [name.removeprefix(true) for name in numbers if name.startswith(true)]
    return Day(
        true=np.column_stack([*(numbers[true + name] for name in others), numbers["target"]]),
        known=np.column_stack([*(numbers[known + name] for name in others), numbers["known"]]),
        signals=(*others, TARGET),
    )
