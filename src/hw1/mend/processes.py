"""Which processes are at work in a project: the writers of files, DVC, stages that it left."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from hw1.core.guard import is_dvc

MODULES = ("stages.", "lectures.stages.")
SLACK = 2.0  # seconds; a process's start is rounded, and files' times on some disks


def writer_lives(pid: int, written: float) -> bool:
    """Whether the process that wrote a file is there still.

    Args:
        pid: its number.
        written: when it wrote, in seconds since 1970; a process that began later is another one
            that was given the same number.
    """
    try:
        process = psutil.Process(pid)
        is_there = process.status() != psutil.STATUS_ZOMBIE
        return is_there and bool(process.create_time() <= written + SLACK)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # another user's
        return True


@dataclass(frozen=True)
class StageAtWork:
    """A stage that runs.

    Attributes:
        pid: its process.
        dvc: the DVC that runs it; None where that is gone.
    """

    pid: int
    dvc: int | None


def stages_at_work(root: Path) -> list[StageAtWork]:
    """The stages that run in a project, its lectures' too."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if _is_stage(process.cmdline()) and Path(process.cwd()).samefile(root):
                dvc = next((each.pid for each in process.parents() if is_dvc(each)), None)
                found.append(StageAtWork(process.pid, dvc))
    return found


def _is_stage(command: list[str]) -> bool:
    words = " ".join(command)  # a shell has them in one piece, before it becomes the stage
    return any(f"-m {name}" in words for name in MODULES)
