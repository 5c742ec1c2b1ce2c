"""Temporary files of writers that were killed; see `hw1.core.files.replacing`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hw1.core.files import LEFT
from hw1.mend.processes import writer_lives

FOLDERS = ("data", "metrics", "lectures")
PERSONS = Path("data/raw")
OWN = re.compile(r"\..+\.(\d+)-[a-z0-9_]{8}\.tmp")  # with its writer's number
OWN_BEFORE = re.compile(r"\..+\.[a-z0-9_]{8}\.tmp")  # of earlier versions, without
OF_DVC = re.compile(r"\.[A-Za-z0-9_-]{22}\.tmp")


def remove_leftovers(root: Path) -> list[Path]:
    """Remove the temporary files of which the writer is gone; no others, however they are called.

    Args:
        root: the project's folder, in which no DVC is at work.

    Returns:
        The files, relative to `root`.
    """
    removed = []
    for path in sorted(_hidden_files(root)):
        with suppress(OSError):
            if _is_left(path):
                path.unlink()
                removed.append(path.relative_to(root))
    return removed


def _hidden_files(root: Path) -> Iterator[Path]:
    for top in FOLDERS:
        for folder, folders, names in os.walk(root / top):
            folders[:] = [name for name in folders if Path(folder, name) != root / PERSONS]
            yield from (Path(folder, name) for name in names if name.startswith("."))


def _is_left(path: Path) -> bool:
    written = path.stat().st_mtime
    if own := OWN.fullmatch(path.name):
        return not writer_lives(int(own[1]), written)
    if OF_DVC.fullmatch(path.name):  # DVC is not at work
        return True
    return OWN_BEFORE.fullmatch(path.name) is not None and time.time() - written > LEFT
