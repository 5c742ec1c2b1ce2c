"""Where a search is kept: a journal of the project's own, or a database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1.core.errors import Hw1Error
from hw1.core.files import names_the_file
from hw1.core.trouble import words_hint
from hw1.holding import own_name
from hw1.sweep.holding import creating_file, creating_tables, holding_row, holding_search

if TYPE_CHECKING:
    from optuna.storages import BaseStorage, JournalStorage, RDBStorage
    from sqlalchemy import URL

FOLDER = Path("data/sweep")
DEFAULT_NAME = "default"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
SQLITE, POSTGRES = "sqlite", "postgresql"
ELSEWHERE = "move it away, or choose another `--name`"


def apply_options(name: str, address: str | None) -> str:
    """What `hw1 apply` needs beside a number to find a search; no password is told."""
    options = "" if name == DEFAULT_NAME else f" --name {name}"
    if address is not None:
        from sqlalchemy import make_url

        options += f" --storage {make_url(address).render_as_string(hide_password=True)}"
    return options


def storage_exists(name: str, address: str | None, folder: Path = FOLDER) -> bool:
    """Whether there is a file of a search; of a database that is no file, True."""
    if address is None:
        return journal_path(name, folder).is_file()
    url = _parse(address)
    return url.get_backend_name() != SQLITE or Path(url.database or "").is_file()


def journal_path(name: str, folder: Path = FOLDER) -> Path:
    """The journal of a search."""
    return folder / f"{name}.journal"


@contextmanager
def open_storage(name: str, address: str | None, folder: Path = FOLDER) -> Iterator[BaseStorage]:
    """Open the storage of a search, which no other process uses for one of that name meanwhile.

    Args:
        name: of the search.
        address: `sqlite:///FILE` or `postgresql://...`; None for a journal, which is the fastest.
        folder: of journals.

    Raises:
        Hw1Error: another process runs that search, the address is of no known kind, or the database
            does not answer.
    """
    if not NAME.fullmatch(name):
        raise Hw1Error(f"`{name}` cannot name a search; use letters, digits, `.`, `_` and `-`")
    if address is None:
        with holding_search(folder / f"{name}.lock", name):
            yield open_journal(journal_path(name, folder))
        return
    with _database_errors(address):
        url = _parse(address)
        if url.get_backend_name() == SQLITE:
            with _sqlite(url, name) as storage:
                yield storage
        else:
            with _postgres(url, name) as storage:
                yield storage


def open_journal(path: Path) -> JournalStorage:
    """Open a journal that no other process uses; what a killed one has left is cleared away.

    That is half a line at its end, which Optuna would refuse once another follows, and the lock
    within which it was written, which Optuna would wait for for half a minute.

    Raises:
        Hw1Error: it is damaged, or another version of Optuna wrote it.
    """
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    class Backend(JournalFileBackend):
        def append_logs(self, logs: list[dict[str, Any]]) -> None:
            with names_the_file(path):
                super().append_logs(logs)

    for left in path.parent.glob(f"{path.name}.lock*"):
        left.unlink(missing_ok=True)
    if path.is_file():
        _cut_half_line(path)
    try:
        return JournalStorage(Backend(str(path)))
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as problem:
        raise Hw1Error(
            f"{path} is damaged, or another version of Optuna wrote it ({problem!r}); {ELSEWHERE}"
        ) from None


def _cut_half_line(path: Path) -> None:
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        with path.open("r+b") as file:
            file.truncate(end)


@contextmanager
def _sqlite(url: URL, name: str) -> Iterator[BaseStorage]:
    if not url.database or url.database == ":memory:":
        raise Hw1Error("a search needs an SQLite file, such as `sqlite:///data/sweep/search.db`")
    file = Path(url.database)
    with holding_search(file.with_name(f"{file.name}.{name}.lock"), name):
        with creating_file(file.with_name(f"{file.name}.lock")):
            storage = _relational(url)
        try:
            yield storage
        finally:
            storage.engine.dispose()


@contextmanager
def _postgres(url: URL, name: str) -> Iterator[BaseStorage]:
    from sqlalchemy import NullPool, create_engine

    # the lock is lost with the connection: neither end is to give it up for being quiet
    client = {"application_name": own_name(), "keepalives": 1, "keepalives_idle": 30}
    engine = create_engine(
        url, poolclass=NullPool, connect_args=client, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection, holding_row(connection, name):
        with creating_tables(connection):
            storage = _relational(url)
        try:
            yield storage
        finally:
            storage.engine.dispose()


def _relational(url: URL) -> RDBStorage:
    from optuna.storages import RDBStorage

    try:
        return RDBStorage(url.render_as_string(hide_password=False))
    except RuntimeError as problem:
        if "compatible" not in str(problem):
            raise
        told = url.render_as_string(hide_password=True)
        raise Hw1Error(
            f"the search's storage {told} has the tables of another version of Optuna; for an "
            f"older one, copy the database, then run `optuna storage upgrade --storage {told}` "
            "(with its password); for a newer one, `make env` brings the packages up to date; or "
            "choose another `--storage`"
        ) from None


def _parse(address: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # the messages hold the address, and so its password
        raise Hw1Error(f"the storage is no address; {_kinds()}") from None
    if url.get_backend_name() not in (SQLITE, POSTGRES):
        raise Hw1Error(f"`{url.get_backend_name()}` cannot store a search; {_kinds()}")
    if url.drivername == POSTGRES and find_spec("psycopg2") is not None:
        # the driver that SQLAlchemy takes by itself differs from version to version
        return url.set(drivername=f"{POSTGRES}+psycopg2")
    return url


def _kinds() -> str:
    return "give `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`"


@contextmanager
def _database_errors(address: str) -> Iterator[None]:
    """Turn a database's errors into ones for a person, which hold no password."""
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except ModuleNotFoundError as problem:
        if problem.name not in ("psycopg2", "psycopg", "pg8000"):
            raise
        raise Hw1Error(
            f"PostgreSQL needs `{problem.name}`; `pip install psycopg2-binary`, for one"
        ) from None
    except (SQLAlchemyError, StorageInternalError) as problem:
        raise Hw1Error(_without_password(problem, address)) from None


def _without_password(problem: BaseException, address: str) -> str:
    cause: Any = problem.__cause__ if problem.__cause__ is not None else problem
    cause = getattr(cause, "orig", None) or cause
    url = _parse(address)
    reason = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
    if url.password:
        reason = reason.replace(str(url.password), "***")
    said = f"the search's storage {url.render_as_string(hide_password=True)} failed: {reason}"
    if any(word in reason for word in ("malformed", "not a database")):
        return f"{said}; move the file away, or choose another `--storage`"
    todo = words_hint(reason)
    return f"{said}; {todo}; the same command goes on" if todo else said
