"""The submission file: how it is written, and what makes one that Kaggle accepts."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hw1.core.errors import DataError
from hw1.core.files import write_text
from hw1.core.survey import TARGET
from hw1.numerals import NUMBER

Array = NDArray[np.float64]
Line = tuple[int, list[str]]

DECIMALS = 6


@dataclass(frozen=True)
class Column:
    """What a file holds beside the ids.

    Attributes:
        name: in the header.
        highest: the largest value allowed; the smallest is 0.
        unit: what values are measured in.
    """

    name: str
    highest: float
    unit: str

    @property
    def header(self) -> list[str]:
        """The file's first line."""
        return ["id", self.name]


PERCENTAGES = Column(TARGET, 100.0, " percent")
"""What Kaggle asks for."""
PROBABILITIES = Column("probability", 1.0, "")
"""Of a rise; no competition asks for them."""

WHOLE_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def clip(predicted: ArrayLike, lowest: float, highest: float) -> tuple[Array, int]:
    """Cut predictions to a range.

    Args:
        predicted: percent, [rows].
        lowest: smallest value allowed, percent.
        highest: largest value allowed, percent.

    Returns:
        The predictions inside the range, and how many had to be moved.
    """
    values = np.asarray(predicted, dtype=np.float64)
    inside = np.clip(values, lowest, highest)
    return inside, int((inside != values).sum())


def require_ordered_ids(ids: Sequence[int], source: str) -> None:
    """Check that a test table's ids are 0, 1, 2, ..., as Kaggle's test files have them.

    Raises:
        DataError: it names the first id that is wrong.
    """
    for row, found in enumerate(ids):
        if found != row:
            raise DataError(
                f"{source}: row {row} has id {found}; ids must be 0 to {len(ids) - 1} in order"
            )


def write_submission(
    path: Path, ids: Sequence[int], predicted: ArrayLike, column: Column = PERCENTAGES
) -> None:
    """Write ids and predictions, with fixed decimals so that the same numbers give the same bytes.

    Args:
        path: the file to write.
        ids: the test rows' ids, in order.
        predicted: what the column holds, [rows].
        column: its name and range.
    """
    values = np.asarray(predicted, dtype=np.float64) + 0.0  # turns -0.0 into 0.0
    rows = zip(ids, values, strict=True)
    lines = [",".join(column.header), *(f"{row},{value:.{DECIMALS}f}" for row, value in rows)]
    write_text(path, "\n".join(lines) + "\n")


def check_submission(path: Path, test_ids: Sequence[int], column: Column = PERCENTAGES) -> Array:
    """Read a submission and check everything that Kaggle, and a careful assistant, would.

    A byte-order mark, CRLF, quoted fields and empty lines at the end are harmless.

    Args:
        path: the file to check.
        test_ids: the test rows' ids, in order.
        column: what the file holds; Kaggle wants percentages.

    Returns:
        The predictions, [rows].

    Raises:
        DataError: the file cannot be read, or its first fault, by line and column: wrong header,
            wrong number of columns, an id that is missing, unknown, there twice or out of order,
            or a prediction that is text, not finite or outside the column's range.
    """
    lines = _read_lines(path)
    if not lines:
        raise DataError(f"{path} is empty; its first line must be {','.join(column.header)}")
    _check_header(path, lines[0], column)
    for number, line_fields in lines[1:]:
        if len(line_fields) != len(column.header):
            raise DataError(f"{path}: line {number} has {len(line_fields)} columns instead of 2")
    _check_ids(path, lines[1:], [int(test_id) for test_id in test_ids])
    return np.array([_prediction(path, line, column) for line in lines[1:]], dtype=np.float64)


def _read_lines(path: Path) -> list[Line]:
    """The lines with their numbers, from 1, without the empty ones at the end."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing") from None
    except OSError as problem:
        raise DataError(f"{path} cannot be read as CSV: {problem}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        place = content[: problem.start].count(b"\n") + 1
        raise DataError(f"{path}: line {place} cannot be read as CSV: not UTF-8 text") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    before = 0
    try:
        for fields in reader:
            before = reader.line_num
            lines.append((before, fields))
    except csv.Error as problem:
        raise DataError(f"{path}: line {before + 1} cannot be read as CSV: {problem}") from None
    while lines and not lines[-1][1]:
        lines.pop()
    return lines


def _check_header(path: Path, line: Line, column: Column) -> None:
    number, header = line
    if header == PROBABILITIES.header and column is PERCENTAGES:
        raise DataError(
            f"{path} holds probabilities, as `train.task: classification` writes them: it is no "
            f"file for Kaggle, which takes {','.join(column.header)} in percent"
        )
    if header != column.header:
        found = ",".join(header)
        shown = found if len(found) <= 60 else f"{found[:57]}..."
        raise DataError(f"{path}: line {number} must be {','.join(column.header)}, found {shown}")


def _check_ids(path: Path, lines: Iterable[Line], expected: list[int]) -> None:
    places: dict[int, int] = {}
    rows = [(number, _id(path, number, row[0])) for number, row in lines]
    in_file = {found for _, found in rows}
    known = set(expected)
    for place, (number, found) in enumerate(rows):
        where = f"{path}: line {number}, column id:"
        if found in places:
            raise DataError(f"{where} id {found} is there twice, first in line {places[found]}")
        if found not in known:
            raise DataError(f"{where} id {found} is not in the test set")
        if found != expected[place]:
            wanted = expected[place]
            if wanted in in_file:
                raise DataError(f"{where} id {found} stands where {wanted} belongs; keep the order")
            raise DataError(f"{where} id {wanted} is missing, found {found}")
        places[found] = number
    if len(rows) < len(expected):
        raise DataError(
            f"{path}: column id: id {expected[len(rows)]} is missing; "
            f"the file ends after {len(rows)} of {len(expected)} rows"
        )


def _id(path: Path, number: int, text: str) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise DataError(f"{path}: line {number}, column id: `{text[:40]}` is not a whole number")
    return int(text)


def _prediction(path: Path, line: Line, column: Column) -> float:
    number, (_, text) = line
    where = f"{path}: line {number}, column {column.name}:"
    if not text:
        raise DataError(f"{where} the prediction is missing")
    if text.lstrip("+-").lower() in {"nan", "inf", "infinity", "na", "null", "none"}:
        raise DataError(f"{where} {text} is not a finite number")
    if not NUMBER.fullmatch(text):
        raise DataError(f"{where} `{text[:40]}` is not a number")
    value = float(text)
    if not 0.0 <= value <= column.highest:
        raise DataError(f"{where} {text[:40]} is outside 0 to {column.highest:.0f}{column.unit}")
    return value
