"""git's lock of its index: DVC adds dvc.lock to the index, and leaves the lock if it is killed."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from hw1.core.errors import Hw1Error
from hw1.mend.processes import SLACK

NEW = 3.0  # seconds; what is no git and changes the index takes a fraction of one


def mend_git_lock(root: Path) -> str | None:
    """Remove git's lock of its index, if nobody has it.

    Args:
        root: the project's folder, in which no DVC is at work.

    Returns:
        What was done; None where nothing had to be.

    Raises:
        Hw1Error: a git is at work.
    """
    top, path = _places(root)
    while path is not None and (written := _written(path)) is not None:
        pid = _running_git(top, written)
        if pid is not None:
            raise Hw1Error(
                f"{path} is held by git (process {pid}), perhaps with an editor open; let it end, "
                "then run the same command again"
            )
        if time.time() - written > NEW:
            path.unlink(missing_ok=True)
            return f"{path} was left by a killed process; removed"
        time.sleep(0.1)
    return None


def _places(root: Path) -> tuple[Path, Path | None]:
    """The top of the working tree and the lock; no lock where there is no git."""
    command = ["git", "rev-parse", "--show-toplevel", "--git-path", "index.lock"]
    with suppress(OSError):
        asked = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            top, path = asked.stdout.splitlines()
            return Path(top), root / path
    return root, None


def _written(path: Path) -> float | None:
    with suppress(OSError):
        return path.stat().st_mtime
    return None


def _running_git(top: Path, written: float) -> int | None:
    """A git in a working tree that was there when a file was written."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            is_git = process.name().startswith("git") and process.create_time() <= written + SLACK
            if is_git and Path(process.cwd()).is_relative_to(top):
                return int(process.pid)
    return None
