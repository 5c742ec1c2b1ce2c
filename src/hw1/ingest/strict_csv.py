"""CSV files of numbers, read fast where they are sound and explained where they are not."""

import csv
import io
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from hw1.core.errors import DataError
from hw1.numerals import NUMBER

Record = tuple[int, list[str]]
"""The line on which a record ends, from 1, and its fields as written."""

LONGEST_NAME = 64
FORMULA = ("=", "+", "-", "@")
"""How a cell begins that a spreadsheet takes for a formula."""
END_OF_SCRIPT = ("</", "<!")
"""What ends the script, or changes where it ends, in which `dvc plots show` hands on names."""


@dataclass(frozen=True)
class NumberTable:
    """A CSV file's header and numbers, able to name the place of every value.

    Attributes:
        path: the file.
        header: column names as written; the same name may occur several times.
        values: float64, shape [rows, columns], all finite.
        body: the text that the values were read from, kept to find the line of a row.
        above: how many lines of the file stand above the body.
    """

    path: Path
    header: list[str]
    values: np.ndarray
    body: str
    above: int

    def place(self, row: int, column: int) -> str:
        """Name a value's file, line and column for a message."""
        line, _ = next(islice(_records(self.path, self.body, self.above), row, None))
        return f"{self.path}, line {line}, column {column + 1} (`{self.header[column]}`)"


def read_numbers(path: Path) -> NumberTable:
    """Read a CSV file whose body is all numbers.

    A byte-order mark, CRLF line ends, quoted fields, empty lines and a missing final newline are
    read as what they mean.

    Raises:
        DataError: the file is missing, empty, has no rows, a column's name cannot be shown, or a
            value is missing, not a number or not finite; the message names the line and the column.
    """
    header, body, above = _halves(path, _decode(path))
    if not body.strip():
        raise DataError(f"{path} has a header but no rows")
    if '"' in body:
        _require_closed_quotes(path, body, above)
    try:
        values = _parse(body, len(header))
    except pa.ArrowInvalid as problem:
        raise _explain(path, header, body, above, str(problem)) from None
    if not np.isfinite(values).all():
        raise _explain(path, header, body, above, "a value is missing or not finite")
    return NumberTable(path, header, values, body, above)


def read_records(path: Path) -> tuple[Record, list[Record]]:
    """Read a small CSV file of any text: its header, and the records below it.

    Fields come without the spaces around them, and empty lines are left out.

    Raises:
        DataError: the file is missing, empty, not UTF-8, a column's name cannot be shown, or a
            quote is not closed.
    """
    header, body, above = _halves(path, _decode(path))
    records = [
        (line, [field.strip() for field in fields]) for line, fields in _records(path, body, above)
    ]
    return (above, header), records


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


def _halves(path: Path, text: str) -> tuple[list[str], str, int]:
    """The header, which is the first line that is not blank; what follows; and lines above that."""
    stream = io.StringIO(text, newline="")
    for above, line in enumerate(stream, start=1):
        if line.strip():
            _, header = next(_records(path, line, above - 1))
            names = [name.strip() for name in header]
            _require_names(path, above, names)
            return names, stream.read(), above
    raise DataError(f"{path} is empty")


def _require_names(path: Path, line: int, names: list[str]) -> None:
    """Refuse names that cannot be shown as they are: in a message, a table, a picture, a metric.

    Pictures have no room for long ones, and MLflow takes none. What is shown to a terminal must not
    steer it, a table that is opened in a spreadsheet must not compute, and DVC puts names into its
    page of plots as they are.
    """
    for column, name in enumerate(names, start=1):
        if len(name) > LONGEST_NAME:
            wrong = f"is longer than {LONGEST_NAME} characters"
        elif not all(map(_is_visible, name)):
            wrong = "holds characters that cannot be seen"
        elif name.startswith(FORMULA):
            wrong = "would be a formula in a spreadsheet"
        elif any(mark in name for mark in END_OF_SCRIPT):
            wrong = "would end a script in DVC's page of plots"
        else:
            continue
        shown = ascii(name[:LONGEST_NAME])
        raise DataError(
            f"{path}, line {line}, column {column}: the name {shown} {wrong}; rename it"
        )


def _is_visible(character: str) -> bool:
    """Neither a control character nor one that changes how others are shown, nor a line's end."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


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


def _records(path: Path, text: str, above: int) -> Iterator[Record]:
    """Yield every record that is not an empty line; `above` lines of the file precede the text.

    Raises:
        DataError: a record cannot be told from the next.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise DataError(
                f"{path}, line {above + before + 1}: no field of a CSV file ({problem}); look for "
                "a quote that is opened there and not closed"
            ) from None
        before = reader.line_num
        if fields:
            yield above + before, fields


def _require_closed_quotes(path: Path, body: str, above: int) -> None:
    """Refuse `"1"2`, which the fast reader takes for 12."""
    for _ in _records(path, body, above):
        pass


def _explain(path: Path, header: list[str], body: str, above: int, problem: str) -> DataError:
    """Find the first fault by a slow second reading and say where it is."""
    records = _records(path, body, above)
    for line, fields in records:
        if len(fields) != len(header):
            cut = "" if next(records, None) else " (is the file cut off?)"
            return DataError(
                f"{path}, line {line}: {len(fields)} fields where the header has {len(header)}{cut}"
            )
        for column, field in enumerate(fields):
            # what the fast reader strips; a no-break space is no such thing
            if not _is_finite_number(field.strip(" \t")):
                name = header[column]
                what = "is empty" if not field.strip() else f"holds {field!r}"
                return DataError(
                    f"{path}, line {line}, column {column + 1} (`{name}`) {what}; "
                    "a finite number belongs there"
                )
    return DataError(f"{path} is not a CSV file of numbers: {problem}")


def _is_finite_number(field: str) -> bool:
    return NUMBER.fullmatch(field) is not None and math.isfinite(float(field))
