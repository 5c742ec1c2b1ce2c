"""Tables that a stack's members learn from or are judged by, as the backend holds them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hw1.engine.arrays import Array, Arrays
from hw1.engine.rows import Rows
from hw1.fitted.base import Floats


class Tables:
    """Tables of one shape, one after the other.

    Args:
        tables: one or more.
        arrays: what holds them.

    Attributes:
        count: number of tables.
        rows: number of rows of each.
        x: features of all tables, shape [tables * rows, features].
        y: targets on the fitted scale, shape [tables * rows, outputs].

    Raises:
        ValueError: they differ in shape.
    """

    def __init__(self, tables: Sequence[Rows], arrays: Arrays) -> None:
        shapes = list(dict.fromkeys(table.x.shape for table in tables))
        if len(shapes) > 1:
            told = " and ".join(map(str, shapes))
            raise ValueError(f"tables of a training need one shape [rows, features], not {told}")
        self._tables = list(tables)
        self.count, self.rows = len(tables), shapes[0][0]
        self.x = arrays.floats(np.concatenate([table.x for table in tables]))
        self.y = arrays.floats(
            np.concatenate([table.y for table in tables]).reshape(len(self.x), -1)
        )

    @property
    def features(self) -> int:
        """Number of features."""
        return int(self.x.shape[1])

    @property
    def outputs(self) -> int:
        """Number of targets of a row."""
        return int(self.y.shape[1])

    def seen_by(self, tables: Sequence[int]) -> tuple[Array, Sequence[int] | None]:
        """What some members see, as `hw1.engine.gradients.Gradients.outputs` takes it.

        Args:
            tables: each member's.

        Returns:
            Features, shape [tables, rows, features], and which table is each member's: None where
            they all have the same, which need not be copied for every one of them.
        """
        x = self.x.reshape(self.count, self.rows, self.features)
        first = tables[0]
        if all(table == first for table in tables):
            return x[first : first + 1], None
        return x, tables

    def errors(self, outputs: Floats, tables: Sequence[int]) -> Floats:
        """Every member's error on its own table.

        Args:
            outputs: shape [members, rows], or [members, rows, outputs] where there are several.
            tables: each member's.

        Returns:
            Mean squared errors in squared percentage points, shape [members].
        """
        if len(set(tables)) == 1:
            return self._tables[tables[0]].errors(outputs)
        chosen, errors = np.array(tables), np.empty(len(tables))
        for table in set(tables):
            own = chosen == table
            errors[own] = self._tables[table].errors(outputs[own])
        return errors


def tables_of(rows: Rows | Sequence[Rows]) -> list[Rows]:
    """One table or several as a list."""
    return [rows] if isinstance(rows, Rows) else list(rows)
