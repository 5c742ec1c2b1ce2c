"""Where MLflow's runs are kept: the user's server if one is named, else a file of the project."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from filelock import FileLock

from hw1.errors import Hw1Error
from hw1.lineage.place import project_root, state_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient

DATABASE = "mlflow.db"
ARTIFACTS = "mlartifacts"
SQLITE = "sqlite:///"
LONGEST_REASON = 200


class TrackerError(Hw1Error):
    """MLflow's store did not answer, or refused; the message has its reason."""


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


@contextmanager
def tracking_client() -> Iterator[MlflowClient]:
    """MLflow's client, for one publisher of this project at a time.

    Raises:
        TrackerError: the store cannot be reached, or fails inside the block.
    """
    mlflow, failures = _imported()
    lock = lock_path()
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock, is_singleton=True):  # commands nest
        try:
            mlflow.set_tracking_uri(tracking_uri())
            yield mlflow.MlflowClient(tracking_uri())
        except failures as problem:
            raise TrackerError(_reason(problem)) from problem


def _imported() -> tuple[ModuleType, tuple[type[Exception], ...]]:
    """MLflow, which brings thousands of modules along, and the errors that its store gives."""
    _set_patience()
    collects = gc.isenabled()
    gc.disable()  # nothing of what an import makes is garbage; looking for it costs a fifth
    try:
        import mlflow
        import mlflow.pyfunc

        if not is_server():
            import mlflow.store.tracking.sqlalchemy_store
        from mlflow.exceptions import MlflowException
    finally:
        if collects:
            gc.enable()
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return mlflow, (MlflowException, OSError)


def _set_patience() -> None:
    """Give up on a server that is down after seconds; MLflow's default waits for minutes."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")


def _reason(problem: BaseException) -> str:
    lines = str(problem).splitlines() or [type(problem).__name__]
    return f"MLflow at {tracking_uri()} did not answer: {lines[0][:LONGEST_REASON]}"
