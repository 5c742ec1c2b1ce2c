"""CSV files of numbers, read fast where they are sound and explained where they are not."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from hw1.core.errors import DataError
from hw1.numerals import NUMBER


@dataclass(frozen=True)
class NumberTable:
    """A CSV file's header and numbers, able to name the place of every value.

    Attributes:
        path: the file.
        header: column names as written; the same name may occur several times.
        values: float64, shape [rows, columns], all finite.
        text: the file's text, kept to find the line of a row.
    """

    path: Path
    header: list[str]
    values: np.ndarray
    text: str

    def place(self, row: int, column: int) -> str:
        """Name a value's file, line and column for a message."""
        lines = (line for line, fields in _records(self.path, self.text) if fields)
        line = next(islice(lines, row + 1, None))
        return f"{self.path}, line {line}, column {column + 1} (`{self.header[column]}`)"


def read_numbers(path: Path) -> NumberTable:
    """Read a CSV file whose body is all numbers.

    A byte-order mark, CRLF line ends, quoted fields, empty lines and a missing final newline are
    read as what they mean.

    Raises:
        DataError: the file is missing, empty, has no rows, or a value is missing, not a number or
            not finite; the message names the line and the column.
    """
    text = _decode(path)
    header = next((fields for _, fields in _records(path, text) if fields), None)
    if header is None:
        raise DataError(f"{path} is empty")
    header = [name.strip() for name in header]
    body = _body(text)
    if not body.strip():
        raise DataError(f"{path} has a header but no rows")
    try:
        values = _parse(body, len(header))
    except pa.ArrowInvalid as problem:
        raise _explain(path, header, text, str(problem)) from None
    if not np.isfinite(values).all():
        raise _explain(path, header, text, "a value is missing or not finite")
    return NumberTable(path, header, values, text)


def _decode(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} is missing") from None
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise DataError(f"{path}, line {line}: not UTF-8 text; save it as CSV in UTF-8") from None


def _body(text: str) -> str:
    """All that follows the header, which is the first line that is not blank."""
    stream = io.StringIO(text, newline="")
    for line in stream:
        if line.strip():
            break
    return stream.read()


def _parse(body: str, columns: int) -> np.ndarray:
    names = [str(index) for index in range(columns)]
    table = pa.csv.read_csv(
        pa.BufferReader(body.encode()),
        read_options=pa.csv.ReadOptions(column_names=names, use_threads=False),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.float64()), strings_can_be_null=False
        ),
    )
    values = np.empty((table.num_rows, columns))
    for index, column in enumerate(table.columns):
        values[:, index] = column.to_numpy(zero_copy_only=False)
    return values


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, fields) of every record, blank ones as empty lists.

    Raises:
        DataError: a record cannot be told from the next.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    before = 0
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:  # mostly a quote that opens a field of megabytes
            line = before + 1
            raise DataError(
                f"{path}, line {line}: no field of a CSV file ({problem}); look for a quote that "
                "is opened there and not closed"
            ) from None
        before = reader.line_num
        yield reader.line_num, ([] if all(not field.strip() for field in fields) else fields)


def _explain(path: Path, header: list[str], text: str, problem: str) -> DataError:
    """Find the first fault by a slow second reading and say where it is."""
    records = [(line, fields) for line, fields in _records(path, text) if fields][1:]
    for line, fields in records:
        if len(fields) != len(header):
            cut = " (is the file cut off?)" if line == records[-1][0] else ""
            return DataError(
                f"{path}, line {line}: {len(fields)} fields where the header has {len(header)}{cut}"
            )
        for column, field in enumerate(fields):
            if not _is_finite_number(field.strip()):
                name = header[column]
                what = "is empty" if not field.strip() else f"holds {field!r}"
                return DataError(
                    f"{path}, line {line}, column {column + 1} (`{name}`) {what}; "
                    "a finite number belongs there"
                )
    return DataError(f"{path} is not a CSV file of numbers: {problem}")


def _is_finite_number(field: str) -> bool:
    return NUMBER.fullmatch(field) is not None and math.isfinite(float(field))
