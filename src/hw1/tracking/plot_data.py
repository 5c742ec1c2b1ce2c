"""Tables of numbers behind pictures, read without pandas: MLflow gets pictures with every run."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hw1.picture_style import Numbers

Table = dict[str, list[str]]


def read_table(texts: Mapping[str, str], path: Path) -> Table:
    """Columns of one of a variant's files; an empty table where it has no such file."""
    return parse(texts.get(str(path), ""))


def parse(text: str) -> Table:
    """Columns by name; an empty table for an empty text."""
    rows = list(csv.reader(text.splitlines()))
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])} if rows else {}


def column(table: Table, name: str) -> Numbers:
    """A column's numbers, NaN where a cell is empty."""
    return np.array([float(cell or "nan") for cell in table[name]])
