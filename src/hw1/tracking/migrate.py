"""MLflow's tables: a file with those of an older MLflow is migrated, with a copy kept first.

MLflow itself migrates an older file in place, step after step, as soon as it is opened. It keeps no
copy, and whoever is killed meanwhile is left with tables that no version can open. So here a copy
is migrated, and SQLite takes it over in one transaction: the file is the old one or the new one.

A database behind an address is its owner's: it is not migrated, only told of.
"""

from __future__ import annotations

import filecmp
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hw1.tracking.store import REBUILD, SQLITE, TrackerError, public_uri, sqlite_file

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

MAKE_ROOM = "free some space, or make its folder writable, then run the same command again"
DATABASES = ("postgresql", "mysql", "mssql")  # those that MLflow opens by itself
LONGEST_WAIT = 60.0  # seconds for another program that holds the file
QUIET = 30.0  # seconds without a change after which nobody is making a file any more
LOOK = 0.2  # seconds between looks at a file that is being made


def require_present_tables(uri: str) -> None:
    """Make sure that the store has the tables of the MLflow that is installed, or can get them.

    Args:
        uri: the store's address; the publisher's lock is held.

    Raises:
        TrackerError: the store has other tables, and it says what to do.
    """
    path = sqlite_file()
    if path is not None:
        _migrate_older(path)
    elif urlsplit(uri).scheme.partition("+")[0] in DATABASES:
        _refuse_older(uri)


def has_present_tables(path: Path) -> bool:
    """Whether nothing has to be done, and told, before a store's file can be opened.

    Args:
        path: the file; one that is not there is made without a word.
    """
    try:
        return not path.is_file() or _revision_of(path) == _versions().get_current_head()
    except (sqlite3.DatabaseError, TrackerError):
        return False


def _migrate_older(path: Path) -> None:
    if not path.is_file():
        return  # it is made as a whole
    path = path.resolve()
    try:
        revision = _revision_of(path)
        if revision == _versions().get_current_head():
            return
        _require_known(
            str(path), revision, "or move the file away, and `hw1 track --all` rebuilds it"
        )
        if _is_used(path):
            _renew(path, revision or "base")
        elif _is_finished_meanwhile(path):
            _migrate_older(path)
    except sqlite3.DatabaseError as problem:
        # a lock, a place that cannot be read: no reason to make it anew
        advice = "" if isinstance(problem, sqlite3.OperationalError) else f"; {REBUILD}"
        raise TrackerError(f"{path} cannot be read: {problem}{advice}") from None


def _revision_of(path: Path) -> str | None:
    """The version of a file's tables; None where MLflow has not finished making them.

    Raises:
        TrackerError: they are not MLflow's.
    """
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        tables = {name for (name,) in rows}
        if tables and "experiments" not in tables:
            raise TrackerError(f"{path} holds something else than MLflow's runs; name another file")
        if "alembic_version" not in tables:
            return None
        found = connection.execute("select version_num from alembic_version").fetchone()
        return None if found is None else str(found[0])


def _is_used(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return _has_experiments(connection)


def _has_experiments(connection: sqlite3.Connection) -> bool:
    """Whether a file has an experiment; MLflow's own default one is the last that it makes."""
    tables = "select count(*) from sqlite_master where name = 'experiments'"
    if not connection.execute(tables).fetchone()[0]:
        return False
    return bool(connection.execute("select count(*) from experiments").fetchone()[0])


def _is_finished_meanwhile(path: Path) -> bool:
    """Wait for whoever makes a file, or remove it where that one was killed.

    Returns:
        Whether it is there.

    Raises:
        TrackerError: it is made for too long, or held by a program that does not make it.
    """
    end, told = time.monotonic() + LONGEST_WAIT, False
    while path.is_file() and not _is_used(path):
        if abs(time.time() - path.stat().st_mtime) > QUIET:
            with closing(sqlite3.connect(path, timeout=LONGEST_WAIT)) as connection:
                _hold(connection, path)
                if not _has_experiments(connection):
                    path.unlink()
            break
        if time.monotonic() > end:
            raise TrackerError(f"another program is making {path}; wait until it has ended")
        if not told:
            print(
                f"{path.name} is not finished: another program is making it, or was killed; "
                f"waiting until nothing has changed it for {QUIET:.0f} s",
                file=sys.stderr,
                flush=True,
            )
            told = True
        time.sleep(LOOK)
    return path.is_file()


def _hold(connection: sqlite3.Connection, path: Path) -> None:
    """Keep all others from a file until its connection is closed.

    Whoever has begun to write comes to an end before, within the connection's time.

    Raises:
        TrackerError: another program does not let go of it.
    """
    try:
        # in the mode with a log beside the file, no lock keeps readers and writers out
        connection.execute("pragma journal_mode = delete")
        connection.execute("begin exclusive")
        # not before: whoever waits in this mode keeps the writer from ending
        connection.execute("pragma locking_mode = exclusive")
        connection.execute("commit")  # in this mode the lock outlives it
    except sqlite3.OperationalError as problem:
        raise TrackerError(
            f"another program holds {path} ({problem}), which is as it was; end that program, then "
            "run the same command again"
        ) from None


def _renew(path: Path, revision: str) -> None:
    """Migrate a file, and say so."""
    _remove_work(path)
    try:
        kept = _migrate(path, revision)
    finally:
        _remove_work(path)
    print(
        f"{path.name} is of an older MLflow: migrated; the old one is kept as {kept.name}",
        file=sys.stderr,
    )


def _migrate(path: Path, revision: str) -> Path:
    """Put a migrated copy into a file's place; returns the copy of the old one that is kept."""
    as_before = f"{path} is as it was"
    work = _work(path)
    with closing(sqlite3.connect(path, timeout=LONGEST_WAIT)) as present:
        state = _state(present)
        try:
            _copy(present, work)
            kept = _keep(work, path, revision)
            with closing(sqlite3.connect(kept)) as old:
                _copy(old, work)
        except (sqlite3.OperationalError, OSError) as problem:  # a full disk, above all
            raise TrackerError(
                f"{path} is of an older MLflow (revision {revision}) and could not be copied: "
                f"{problem}; {as_before}; {MAKE_ROOM}"
            ) from None
        _upgrade(work, f"{as_before}, and so is {kept.name}")
        _hold(present, path)  # who is about to write has written before the states are compared
        if _state(present) != state:
            raise TrackerError(
                f"another program has written to {path} while it was migrated; {as_before}; "
                "end the other program, then run the same command again"
            )
        with closing(sqlite3.connect(work)) as new:
            try:
                new.backup(present, progress=_impatient())
            except sqlite3.OperationalError as problem:
                raise TrackerError(
                    f"{path} could not be replaced by its migrated copy: {problem}; {as_before}; "
                    f"{MAKE_ROOM}"
                ) from None
    return kept


def _upgrade(work: Path, as_before: str) -> None:
    """Run MLflow's own migration, what `mlflow db upgrade` calls."""
    import mlflow.db
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        mlflow.db.upgrade.callback(f"{SQLITE}{work}")
    except (MlflowException, SQLAlchemyError) as problem:
        reason = str(problem).splitlines()[0]
        advice = MAKE_ROOM if "disk" in reason and "image" not in reason else REBUILD
        raise TrackerError(
            f"MLflow could not migrate its older database: {reason}; {as_before}; {advice}"
        ) from None


def _keep(copy: Path, path: Path, revision: str) -> Path:
    """Give a whole copy a name of its own, unless one with the same content has one."""
    shutil.copymode(path, copy)
    for number in count(1):
        kept = path.with_name(f"{path.name}.{revision}{f'.{number}' if number > 1 else ''}.bak")
        if not kept.exists():
            copy.rename(kept)
            return kept
        if filecmp.cmp(copy, kept, shallow=False):
            return kept
    raise AssertionError


def _copy(source: sqlite3.Connection, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target)) as connection:
        source.backup(connection, progress=_impatient())


def _impatient() -> Callable[[int, int, int], object]:
    """What ends a copy that waits for ever for another program's lock."""
    end = time.monotonic() + LONGEST_WAIT

    def look(_status: int, _remaining: int, _total: int) -> None:
        if time.monotonic() > end:
            raise sqlite3.OperationalError("another program holds it")

    return look


def _state(connection: sqlite3.Connection) -> int:
    """A number that changes when another program writes to the connection's file."""
    (version,) = connection.execute("pragma data_version").fetchone()
    return int(version)


def _work(path: Path) -> Path:
    return path.with_name(f"{path.name}.migrating")


def _remove_work(path: Path) -> None:
    """Remove the copy that is migrated, also one that a killed process has left half done."""
    work = _work(path)
    for suffix in ("", "-journal", "-wal", "-shm"):
        work.with_name(work.name + suffix).unlink(missing_ok=True)


def _refuse_older(uri: str) -> None:
    from alembic.migration import MigrationContext
    from sqlalchemy import NullPool, create_engine

    engine = create_engine(uri, poolclass=NullPool)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    address = public_uri()
    _require_known(f"the database at {address}", revision, "or ask its owner for another")
    if revision is not None and revision != _versions().get_current_head():
        raise TrackerError(
            f"the database at {address} is of an older MLflow (revision {revision}); its owner "
            f"keeps a copy of it, then runs `{sys.executable} -m mlflow db upgrade {address}` "
            "(the address with its password)"
        )


def _require_known(what: str, revision: str | None, otherwise: str) -> None:
    known = {version.revision for version in _versions().walk_revisions()}
    if revision is not None and revision not in known:
        raise TrackerError(
            f"{what} was written by a newer MLflow (revision {revision}); `make env` brings the "
            f"packages up to date, {otherwise}"
        )


@cache
def _versions() -> ScriptDirectory:
    """The versions of its tables that the MLflow that is installed knows."""
    import mlflow
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(mlflow.__file__).parent / "store" / "db_migrations"))
