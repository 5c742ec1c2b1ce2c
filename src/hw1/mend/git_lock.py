"""git's lock of its index: DVC adds dvc.lock to the index, and leaves the lock if it is killed."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from hw1.core.errors import Hw1Error

NEW = 3.0  # seconds; what is no git and changes the index takes a fraction of one
LOOK = 0.1  # seconds between two looks at the lock

Identity = tuple[int, int, int]


@dataclass(frozen=True)
class GitLock:
    """A lock that has been there for a while, as one and the same file.

    Attributes:
        path: the file.
        top: the top of the working tree.
        identity: tells the file from one that takes its place.
    """

    path: Path
    top: Path
    identity: Identity


def old_git_lock(root: Path) -> GitLock | None:
    """Wait for a moment whether git's lock of its index goes by itself.

    Its time is measured here: the file's may be another clock's.

    Args:
        root: the project's folder.

    Returns:
        The lock that stays; None where there is none, or somebody is at work with it.
    """
    top, path = _places(root)
    if path is None or (first := _identity(path)) is None:
        return None
    end = time.monotonic() + NEW
    while time.monotonic() < end:
        time.sleep(LOOK)
        if _identity(path) != first:
            return None
    return GitLock(path, top, first)


def mend_git_lock(lock: GitLock | None) -> str | None:
    """Remove git's lock of its index, if nobody has it.

    Args:
        lock: what `old_git_lock` has found in a project in which no DVC is at work now.

    Returns:
        What was done; None where nothing had to be.

    Raises:
        Hw1Error: a git is at work, or may be.
    """
    if lock is None:
        return None
    _require_no_git(lock)
    if _identity(lock.path) != lock.identity:
        return None
    lock.path.unlink(missing_ok=True)
    return f"{lock.path} was left by a killed process; removed"


def _places(root: Path) -> tuple[Path, Path | None]:
    """The top of the working tree and the lock; no lock where there is no git."""
    command = ["git", "rev-parse", "--show-toplevel", "--git-path", "index.lock"]
    with suppress(OSError):
        asked = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            top, path = asked.stdout.splitlines()
            return Path(top), root / path
    return root, None


def _identity(path: Path) -> Identity | None:
    with suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    return None


def _require_no_git(lock: GitLock) -> None:
    """Refuse where a git is at work in the working tree, whenever it began.

    Raises:
        Hw1Error: one is, or one of another person is somewhere.
    """
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess):
            if not _is_git(process):
                continue
            try:
                place = process.cwd()
            except psutil.AccessDenied:
                raise Hw1Error(
                    f"{lock.path} may be held by another person's git (process {process.pid}); if "
                    f"it is not at work here, `rm {lock.path}`, then run the same command again"
                ) from None
            if Path(place).is_relative_to(lock.top):
                raise Hw1Error(
                    f"{lock.path} is held by git (process {process.pid}), perhaps with an editor "
                    "open; let it end, then run the same command again; if that git is at other "
                    f"work, `rm {lock.path}`"
                )


def _is_git(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(process.name().startswith("git"))
    return False
