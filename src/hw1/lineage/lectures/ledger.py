"""The ledger of the lectures' results: records, and the files that belong to them.

DVC keeps no copy of these files, and git only those that somebody commits. The ledger does, each
content once: what could not be published at once can be later, whatever stands in the workspace.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hw1.core.errors import DataError
from hw1.core.files import write_bytes
from hw1.core.place import state_folder
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.record_files import RecordFiles


class LectureLedger(RecordFiles[LectureRecord]):
    """The results of one project's lectures."""

    def __init__(self, root: Path) -> None:
        folder = state_folder(root) / "lectures"
        super().__init__(folder / "records", LectureRecord.from_json)
        self._files = folder / "files"

    def add(self, record: LectureRecord, read: Callable[[str], bytes]) -> LectureRecord:
        """Keep a result.

        One that is known stays as it was when it was first made; all that can be new is where git
        and DVC hold it. One of a newer version of the project stays as it is.

        Args:
            record: the result.
            read: gives the content of each of its files by path.

        Returns:
            The record that is kept, or the one given where that cannot be read.
        """
        for path, md5 in record.outs.items():
            if not (self._files / md5).is_file():
                write_bytes(self._files / md5, read(path))
        try:
            earlier = self.read(record.label)
        except NewerFormatError:
            return record
        if earlier is not None:
            record = _updated(earlier, record)
        if record != earlier:
            self._write(record.label, record.to_json())
        return record

    def files(self, record: LectureRecord) -> dict[str, bytes]:
        """The content of every file of a result, by path.

        Raises:
            DataError: one is missing or damaged.
        """
        return {path: self._content(path, md5) for path, md5 in record.outs.items()}

    def _content(self, path: str, md5: str) -> bytes:
        try:
            content = (self._files / md5).read_bytes()
        except OSError:
            content = b""
        if hashlib.md5(content).hexdigest() != md5:
            raise DataError(f"{path} (MD5 {md5}) is not in the ledger any more; a rerun makes it")
        return content


def _updated(earlier: LectureRecord, latest: LectureRecord) -> LectureRecord:
    if earlier.experiment is None and latest.experiment is not None:
        earlier = replace(earlier, experiment=latest.experiment, baseline=latest.baseline)
    return replace(
        earlier,
        committed=earlier.committed or latest.committed,
        lock_text=earlier.lock_text or latest.lock_text,
        seconds=latest.seconds if earlier.seconds is None else earlier.seconds,
    )
