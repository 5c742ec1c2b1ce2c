"""One search of a name at a time: a second one would suggest and run the same trials again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.errors import Hw1Error
from hw1.holding import holding_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

CREATING = "hw1 sweep: tables"


@contextmanager
def holding_search(lock: Path, name: str) -> Iterator[None]:
    """Hold the lock file of a search.

    Args:
        lock: the file.
        name: of the search, for messages.

    Raises:
        Hw1Error: another process holds it.
    """
    with holding_file(lock, lambda holder: _running(name, holder)):
        yield


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
