"""One process at a time does a thing; the others are told which one does it."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.errors import Hw1Error
from hw1.core.place import require_dvc_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

LONGEST_NAME = 63  # of a client, in bytes; PostgreSQL cuts longer ones
QUIET = 2.0  # seconds that nobody minds waiting


class HeldError(Hw1Error):
    """Another process has held a lock for too long.

    Attributes:
        holder: which one; empty where that is not known.
    """

    def __init__(self, lock: Path, holder: str) -> None:
        super().__init__(
            f"{lock} is held by {holder or 'another process'}; wait until it has ended"
        )
        self.holder = holder


@contextmanager
def holding_file(lock: Path, refuse: Callable[[str], Hw1Error]) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends.

    Args:
        lock: the file.
        refuse: the error for who holds it; that is empty where it is not known.

    Raises:
        Hw1Error: another process holds it.
    """
    from filelock import FileLock, Timeout

    require_dvc_folder(lock)
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout:
        raise refuse(holder_of(lock)) from None
    with _named(held, lock):
        yield


@contextmanager
def waiting_for_file(
    lock: Path, say: Callable[[str], None], timeout: float = -1, quiet: float = QUIET
) -> Iterator[None]:
    """Hold a lock file as soon as no other process does; blocks that hold it may nest.

    Args:
        lock: the file.
        say: told once who holds it, if that lasts; it is empty where that is not known.
        timeout: seconds after which waiting is given up; never where it is negative.
        quiet: seconds until `say` is told.

    Raises:
        HeldError: another process has held it for `timeout`.
    """
    from filelock import FileLock, Timeout

    require_dvc_folder(lock)
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock, is_singleton=True)
    try:
        held.acquire(timeout=quiet if timeout < 0 else min(quiet, timeout))
    except Timeout:
        say(holder_of(lock))
        try:
            held.acquire(timeout=-1 if timeout < 0 else max(0.0, timeout - quiet))
        except Timeout:
            raise HeldError(lock, holder_of(lock)) from None
    with _named(held, lock):
        yield


def holder_of(lock: Path) -> str:
    """Who holds a lock file, or has held it last; empty where that is not known."""
    with suppress(OSError, ValueError):
        return _holder_file(lock).read_text(encoding="utf-8")
    return ""


def own_name() -> str:
    """What this process is called in the messages of others."""
    return f"process {os.getpid()} on {socket.gethostname()}"[:LONGEST_NAME]


@contextmanager
def _named(held: BaseFileLock, lock: Path) -> Iterator[None]:
    """Let others know who holds a lock, until it is let go of."""
    try:
        if held.lock_counter == 1:
            with suppress(OSError):  # the name is a help, no more
                text = f"{own_name()}, since {time.strftime('%H:%M')}"
                _holder_file(lock).write_text(text, encoding="utf-8")
        yield
    finally:
        if held.lock_counter == 1:
            _holder_file(lock).unlink(missing_ok=True)
        held.release()


def _holder_file(lock: Path) -> Path:
    return lock.with_name(f"{lock.name}-holder")
