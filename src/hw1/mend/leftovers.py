"""Temporary files of writers that were killed; see `hw1.core.files.replacing`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hw1.mend.processes import writer_lives

FOLDERS = ("data", "metrics", "lectures")
TEMPORARY = re.compile(r"\..+\.tmp")
WRITER = re.compile(r"\..+\.(\d+)-[^.]+\.tmp")  # DVC's own have no number: it is not at work


def remove_leftovers(root: Path) -> list[Path]:
    """Remove the temporary files of which the writer is gone.

    Args:
        root: the project's folder, in which no DVC is at work.

    Returns:
        The files, relative to `root`.
    """
    removed = []
    for path in sorted(_temporary_files(root)):
        with suppress(OSError):
            if not _is_being_written(path):
                path.unlink()
                removed.append(path.relative_to(root))
    return removed


def _temporary_files(root: Path) -> Iterator[Path]:
    for top in FOLDERS:
        for folder, _, names in os.walk(root / top):
            yield from (Path(folder, name) for name in names if TEMPORARY.fullmatch(name))


def _is_being_written(path: Path) -> bool:
    writer = WRITER.fullmatch(path.name)
    return writer is not None and writer_lives(int(writer[1]), path.stat().st_mtime)
