"""Byte-deterministic files, written to a temporary name and renamed into place."""

import glob
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1.core.errors import DataError

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

METRIC_DIGITS = 6
LEFT = 3600  # seconds after which nobody is writing a temporary file any more


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it into place when the block succeeds.

    Raises:
        OSError: the place is full or cannot be written to; it names `path`, which is as it was.
    """
    with names_the_file(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(path)
        prefix = f".{path.name}.{os.getpid()}-"  # tells whether its writer is at work still
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=".tmp")
        os.close(descriptor)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def names_the_file(path: Path) -> Iterator[None]:
    """Name the file in whatever goes wrong with writing it: a full disk tells of no file at all."""
    try:
        yield
    except OSError as problem:
        if problem.errno is None:
            raise
        raise OSError(problem.errno, os.strerror(problem.errno), str(path)) from problem


def _remove_leftovers(path: Path) -> None:
    """Remove what writers of this file left when they were killed, unless it is quite new.

    Another process may be writing it at this moment.
    """
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        with suppress(OSError):
            if time.time() - leftover.stat().st_mtime > LEFT:
                leftover.unlink()


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line endings."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes as they are."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write JSON with sorted keys and a final newline; NaN and infinity are refused."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def write_metrics(path: Path, value: Any) -> None:
    """Write JSON metrics; floats keep six significant digits, so that diffs show what matters."""
    write_json(path, rounded(value))


def rounded(value: Any, digits: int = METRIC_DIGITS) -> Any:
    """Round every float in nested dicts and lists to `digits` significant digits."""
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item, digits) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{digits}g}")
    return value


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        DataError: the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path} is missing; `dvc repro` makes it") from None
    except ValueError as problem:
        raise DataError(f"{path} is not valid JSON: {problem}") from None


def write_parquet(path: Path, table: "pd.DataFrame") -> None:
    """Write a table without index; the same rows give the same bytes."""
    with replacing(path) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")


def write_csv(path: Path, table: "pd.DataFrame", digits: int | None = None) -> None:
    """Write a table as CSV with Unix line endings.

    Args:
        path: the file to write.
        table: its rows; the index is left out.
        digits: significant digits of floats; None keeps the shortest exact form.
    """
    float_format = None if digits is None else f"%.{digits}g"
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n", float_format=float_format)


def read_csv(path: Path) -> "pd.DataFrame":
    """Read a CSV table that a stage wrote; words such as NA are words.

    Raises:
        DataError: the file is missing or damaged.
    """
    import pandas as pd

    with _explained(path):
        return pd.read_csv(path, na_filter=False)


def read_columns(path: Path) -> "dict[str, npt.NDArray[Any]]":
    """Read a table that a stage wrote without pandas, which takes longer to import than to use.

    Returns:
        An array a column; a number that is missing is NaN.

    Raises:
        DataError: the file is missing or damaged.
    """
    from pyarrow.parquet import ParquetFile

    with _explained(path), ParquetFile(path) as file:
        table = file.read()
    return {name: _to_array(table[name].combine_chunks()) for name in table.column_names}


def _to_array(column: Any) -> "npt.NDArray[Any]":
    import numpy as np
    from pyarrow.types import is_floating

    # not `to_numpy`, for which pyarrow imports pandas
    if is_floating(column.type):
        return np.from_dlpack(column.fill_null(math.nan) if column.null_count else column)
    return np.array(column.to_pylist(), dtype=object)


def read_parquet(path: Path) -> "pd.DataFrame":
    """Read a table that a stage wrote.

    Raises:
        DataError: the file is missing or damaged.
    """
    import pandas as pd

    with _explained(path):
        return pd.read_parquet(path)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say of a table that cannot be read how to make it again."""
    try:
        yield
    except FileNotFoundError:
        raise DataError(f"{path} is missing; `dvc repro` makes it") from None
    except (OSError, ValueError) as problem:
        raise DataError(f"{path} is damaged ({problem}); `dvc repro --force` remakes it") from None
