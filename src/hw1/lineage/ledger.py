"""The ledger: one record a variant, kept before anything is published.

A tracking server can be down, its database can be deleted, and a variant that `dvc repro` made may
never be committed. The ledger knows it all the same; DVC's cache holds the files that belong to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hw1.core.errors import DataError
from hw1.core.files import write_text
from hw1.core.place import state_folder
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.record import Record


class Ledger:
    """The records of one project."""

    def __init__(self, root: Path) -> None:
        self._folder = state_folder(root) / "variants"

    def add(self, record: Record) -> Record:
        """Keep a variant's record.

        A variant that is known stays as it was when it was first made; all that can be new is the
        experiment that holds it. One of a newer version of the project stays as it is.

        Returns:
            The record that is kept, or the one given where that cannot be read.
        """
        try:
            earlier = self.read(record.variant.label)
        except NewerFormatError:
            return record
        if earlier is not None:
            if earlier.experiment is not None or record.experiment is None:
                return earlier
            record = replace(earlier, experiment=record.experiment, baseline=record.baseline)
        write_text(self._path(record.variant.label), record.to_json() + "\n")
        return record

    def labels(self) -> list[str]:
        """Labels of all variants, sorted."""
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def read(self, label: str) -> Record | None:
        """A variant's record; None where there is none or it is damaged.

        Raises:
            NewerFormatError: a newer version of the project wrote it.
        """
        path = self._path(label)
        try:
            return Record.from_json(path.read_text(encoding="utf-8"))
        except NewerFormatError as problem:
            raise NewerFormatError(f"{path}: {problem}") from None
        except (OSError, UnicodeDecodeError, DataError):
            return None

    def records(self) -> Iterator[Record]:
        """All records that can be read."""
        for label in self.labels():
            with suppress(NewerFormatError):
                record = self.read(label)
                if record is not None:
                    yield record

    def _path(self, label: str) -> Path:
        return self._folder / f"{label}.json"
