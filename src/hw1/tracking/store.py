"""Where MLflow's runs are kept: the user's server if one is named, else a file of the project."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.errors import Hw1Error
from hw1.core.place import project_root, state_folder
from hw1.core.trouble import words_hint
from hw1.holding import HeldError, waiting_for_file
from hw1.tracking.credentials import public_address, split_address, without_secrets
from hw1.tracking.new_store import make_store
from hw1.tracking.reason import plain_reason

if TYPE_CHECKING:
    from mlflow import MlflowClient

DATABASE = "mlflow.db"
ARTIFACTS = "mlartifacts"
SQLITE = "sqlite:///"
PREFIX = "hw1-"  # of all that is an edition's: experiment, data set, registered model
LONGEST_REASON = 200
DAMAGED = ("malformed", "not a database")  # what SQLite says of a file that is none
REBUILD = "move the file away, and `hw1 track --all` rebuilds every run"
LONGEST_WAIT = 300  # seconds for another publisher of this project


class TrackerError(Hw1Error):
    """MLflow's store did not answer; the message has its reason."""


class TrackerRefusalError(TrackerError):
    """MLflow's store did not take what it was given."""


class TrackerBusyError(TrackerError):
    """Another publisher of this project did not come to an end."""


def own_name(edition: str) -> str:
    """What MLflow calls an edition's experiment, data set and registered model."""
    return f"{PREFIX}{edition}"


def tracking_uri() -> str:
    """MLFLOW_TRACKING_URI, or the project's SQLite file.

    The path of an SQLite file becomes an absolute one: an experiment in a temporary folder would
    write to a file beside it, which vanishes.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{DATABASE}"
    if not uri.startswith(SQLITE):
        return uri
    return f"{SQLITE}{project_root() / uri.removeprefix(SQLITE)}"


def sqlite_file() -> Path | None:
    """The store's file, if it is an SQLite file."""
    uri = tracking_uri()
    return Path(uri.removeprefix(SQLITE)) if uri.startswith(SQLITE) else None


def is_server() -> bool:
    """Whether the store is behind a server that decides for itself where artifacts lie."""
    return tracking_uri().startswith(("http://", "https://"))


def artifact_location() -> str | None:
    """Where a new experiment keeps its artifacts; None where a server decides."""
    return None if is_server() else (project_root() / ARTIFACTS).as_uri()


def lock_path() -> Path:
    """The lock that keeps publishers apart: two first users of a fresh database destroy it."""
    return state_folder() / "mlflow.lock"


def say_to_person(text: str) -> None:
    """Tell whoever has started this process."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def tracking_client(say: Callable[[str], None] = say_to_person) -> Iterator[MlflowClient]:
    """MLflow's client, for one publisher of this project at a time.

    Args:
        say: told once which other publisher is waited for, if that lasts.

    Raises:
        TrackerError: the store cannot be reached, is of another MLflow and stays so, or fails
            inside the block, or another publisher does not come to an end.
    """
    _set_defaults()
    _require_reachable(tracking_uri())
    try:
        with no_garbage():
            import mlflow
            import mlflow.pyfunc
            from mlflow.exceptions import MlflowException
            from sqlalchemy.exc import SQLAlchemyError

            from hw1.tracking.migrate import require_present_tables
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        # it shows a traceback of every error; what went wrong is said here
        logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
        with waiting_for_file(  # commands nest
            lock_path(), lambda holder: say(f"{_at_work(holder)}; waiting for it"), LONGEST_WAIT
        ):
            mlflow.set_tracking_uri(tracking_uri())
            with no_garbage():
                require_present_tables(tracking_uri())
                if (file := sqlite_file()) is not None:
                    make_store(file)
                client = mlflow.MlflowClient(tracking_uri())
            yield client
    except HeldError as problem:
        raise TrackerBusyError(
            f"{_at_work(problem.holder)}, for more than {LONGEST_WAIT} s; wait until it has "
            "ended, or end it, then go on"
        ) from None
    except MlflowException as problem:
        if problem.error_code == "INVALID_PARAMETER_VALUE":
            raise TrackerRefusalError(_reason("refused", problem)) from problem
        raise TrackerError(_reason("did not answer", problem)) from problem
    except (SQLAlchemyError, ImportError, OSError) as problem:
        raise TrackerError(_reason("did not answer", problem)) from problem


@contextmanager
def no_garbage() -> Iterator[None]:
    """Look for no garbage where little is made: importing MLflow and its store takes a fifth less.

    So does publishing, as every search goes through all that was imported.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _set_defaults() -> None:
    """Give up on a server that is down after seconds, not minutes; tell MLflow's makers nothing.

    What MLflow would report of every call goes over the network, on which nothing here may depend.
    """
    # it would print the server's address with every run, and the password that it may hold
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")


def _require_reachable(uri: str) -> None:
    """Knock at a server's door: MLflow itself would knock at a closed one for two minutes."""
    try:
        server = split_address(uri)
    except Hw1Error as problem:
        raise TrackerError(str(problem)) from None
    port = server.port or {"http": 80, "https": 443}.get(server.scheme)
    if server.hostname is None or port is None:
        return
    try:
        socket.create_connection((server.hostname, port), timeout=10).close()
    except OSError as problem:
        raise TrackerError(_reason("did not answer", problem)) from problem


def _at_work(holder: str) -> str:
    return "another publisher is at work" + (f" ({holder})" if holder else "")


def _reason(what: str, problem: BaseException) -> str:
    said = without_secrets(plain_reason(problem), tracking_uri())[:LONGEST_REASON]
    if any(word in said for word in DAMAGED) and sqlite_file() is not None:
        return f"MLflow at {public_uri()} {what}: {said}; {REBUILD}"
    todo = words_hint(said)
    if not todo:
        return f"MLflow at {public_uri()} {what}: {said}"
    return f"MLflow at {public_uri()} could not write: {said}; {todo}"


def public_uri() -> str:
    """Where the store is, without the password that the address may hold.

    Raises:
        Hw1Error: MLFLOW_TRACKING_URI is no address.
    """
    uri = tracking_uri()
    return uri if uri.startswith(SQLITE) else public_address(uri)
