"""One search of a name at a time: a second one would suggest and run the same trials again."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.errors import Hw1Error

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_NAME = 63  # of a client, in bytes; PostgreSQL cuts longer ones
CREATING = "hw1 sweep: tables"


@contextmanager
def holding_file(lock: Path, name: str) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process ends, however it ends.

    Args:
        lock: the file.
        name: of the search, for messages.

    Raises:
        Hw1Error: another process holds it.
    """
    from filelock import FileLock, Timeout

    lock.parent.mkdir(parents=True, exist_ok=True)
    holder = lock.with_name(f"{lock.name}-holder")
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout:
        told = holder.read_text(encoding="utf-8") if holder.is_file() else ""
        raise _running(name, told) from None
    try:
        holder.write_text(own_name(), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        held.release()


@contextmanager
def creating_file(lock: Path) -> Iterator[None]:
    """Let nobody else create Optuna's tables in an SQLite file meanwhile."""
    from filelock import FileLock

    with FileLock(lock):
        yield


@contextmanager
def holding_row(connection: Connection, name: str) -> Iterator[None]:
    """Hold an advisory lock of PostgreSQL, which it lets go of with the connection.

    Args:
        connection: one that is used for nothing else; its client's name is `own_name()`.
        name: of the search.

    Raises:
        Hw1Error: another connection holds it.
    """
    from sqlalchemy import text

    key = advisory_key(f"hw1 sweep {name}")
    taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar()
    if not taken:
        raise _running(name, _holder_of(connection, key))
    yield


@contextmanager
def creating_tables(connection: Connection) -> Iterator[None]:
    """Let nobody else create Optuna's tables: two first users of a database fail each other."""
    from sqlalchemy import text

    key = {"key": advisory_key(CREATING)}
    connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def own_name() -> str:
    """What this process is called in the messages of others."""
    return f"process {os.getpid()} on {socket.gethostname()}"[:LONGEST_NAME]


def advisory_key(name: str) -> int:
    """A signed number of 64 bits for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _holder_of(connection: Connection, key: int) -> str:
    from sqlalchemy import text

    # PostgreSQL keeps the halves of the number apart, without signs
    halves = {"high": key >> 32 & 0xFFFFFFFF, "low": key & 0xFFFFFFFF}
    query = text(
        "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
        "AND l.classid::bigint = :high AND l.objid::bigint = :low"
    )
    return str(connection.execute(query, halves).scalar() or "")


def _running(name: str, holder: str) -> Hw1Error:
    who = f" ({holder})" if holder else ""
    return Hw1Error(
        f"a search named `{name}` is running{who}; wait for it, or give yours another `--name`"
    )
