"""The ledger: one record a variant, kept before anything is published.

A tracking server can be down, its database can be deleted, and a variant that `dvc repro` made may
never be committed. The ledger knows it all the same; DVC's cache holds the files that belong to it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hw1.core.place import state_folder
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.record import Record
from hw1.lineage.record_files import RecordFiles


class Ledger(RecordFiles[Record]):
    """The records of one project."""

    def __init__(self, root: Path) -> None:
        super().__init__(state_folder(root) / "variants", Record.from_json)

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
        self._write(record.variant.label, record.to_json())
        return record
