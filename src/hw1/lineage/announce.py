"""A training that goes on says so, for whoever watches the project."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hw1.core.files import write_text
from hw1.core.guard import process_since
from hw1.core.place import STATE
from hw1.core.sections import PARAMS_FILE

ANNOUNCEMENT = STATE / "training.json"  # in the tree that the stage runs in


@dataclass(frozen=True)
class Training:
    """A training that goes on.

    Attributes:
        folder: the tree that it runs in.
        session: tells it from every other training in that tree.
        params_text: params.yaml as it was when the training began.
    """

    folder: Path
    session: str
    params_text: str


@contextmanager
def announced_training() -> Iterator[None]:
    """Say that this process trains in the current folder, until the block ends."""
    import psutil

    said = {
        "pid": os.getpid(),
        "started": psutil.Process().create_time(),
        "session": str(time.time_ns()),
        "params": PARAMS_FILE.read_text(encoding="utf-8-sig"),
    }
    write_text(ANNOUNCEMENT, json.dumps(said))
    try:
        yield
    finally:
        ANNOUNCEMENT.unlink(missing_ok=True)


def training_in(folder: Path) -> Training | None:
    """The training that goes on in a folder; one that was killed does not."""
    try:
        said = json.loads((folder / ANNOUNCEMENT).read_text(encoding="utf-8"))
        if process_since(said["pid"], said["started"]) is None:
            return None
        return Training(folder, str(said["session"]), str(said["params"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def was_killed(folder: Path) -> bool:
    """Whether the last training in a folder ended without saying so."""
    return (folder / ANNOUNCEMENT).is_file() and training_in(folder) is None


def training_key(params_text: str) -> str:
    """What tells a variant's training from others': the parameters, wherever it goes on."""
    return hashlib.sha256(params_text.encode("utf-8")).hexdigest()[:16]
