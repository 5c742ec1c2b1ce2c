"""Records of one kind, a JSON file each; those of newer versions stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from hw1.core.errors import DataError
from hw1.core.files import write_text
from hw1.lineage.formats import NewerFormatError

Kept = TypeVar("Kept")


class RecordFiles(Generic[Kept]):
    """The records in a folder.

    Args:
        folder: where they are.
        parse: makes a record of a file's text; raises DataError where it holds none.
    """

    def __init__(self, folder: Path, parse: Callable[[str], Kept]) -> None:
        self._folder = folder
        self._parse = parse

    def labels(self) -> list[str]:
        """The labels of all records, sorted: the names of their files."""
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def read(self, label: str) -> Kept | None:
        """A record; None where there is none or it is damaged.

        Raises:
            NewerFormatError: a newer version of the project wrote it.
        """
        path = self._path(label)
        try:
            return self._parse(path.read_text(encoding="utf-8"))
        except NewerFormatError as problem:
            raise NewerFormatError(f"{path}: {problem}") from None
        except (OSError, UnicodeDecodeError, DataError):
            return None

    def records(self) -> Iterator[Kept]:
        """All records that can be read."""
        for label in self.labels():
            with suppress(NewerFormatError):
                record = self.read(label)
                if record is not None:
                    yield record

    def _write(self, label: str, text: str) -> None:
        write_text(self._path(label), text + "\n")

    def _path(self, label: str) -> Path:
        return self._folder / f"{label}.json"
