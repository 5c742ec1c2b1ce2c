"""Stores as older versions of MLflow have left them: its own migrations make their tables."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import mlflow
import sqlalchemy
from alembic import command
from alembic.config import Config
from mlflow.store.tracking.dbmodels.initial_models import Base

MIGRATIONS = Path(mlflow.__file__).parent / "store" / "db_migrations"
RUNS = ("a" * 32, "b" * 32)
VALUES = (3.0, 2.0, 1.5)


def make_old_store(path: Path, revision: str, *, filled: bool = True) -> None:
    """Write a store with the tables of an older MLflow, and two runs in them.

    Args:
        path: the file.
        revision: the version of the tables, as MLflow's migrations call it.
        filled: False: without a run or an experiment.
    """
    path.unlink(missing_ok=True)
    make_old_tables(f"sqlite:///{path}", revision)
    if filled:
        with closing(sqlite3.connect(path)) as connection, connection:
            _fill(connection, f"file://{path.parent}/mlartifacts")


def make_old_tables(uri: str, revision: str) -> None:
    """Make the tables of an older MLflow in an empty database."""
    engine = sqlalchemy.create_engine(uri)
    Base.metadata.create_all(engine)
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", uri)
    command.upgrade(config, revision)


def _fill(connection: sqlite3.Connection, artifacts: str) -> None:
    for number, name in enumerate(("Default", "hw1-sample")):
        _insert(
            connection,
            "experiments",
            experiment_id=number,
            name=name,
            artifact_location=f"{artifacts}/{number}",
            lifecycle_stage="active",
            workspace="default",
        )
    for run in RUNS:
        _insert(
            connection,
            "runs",
            run_uuid=run,
            name=f"run {run[0]}",
            source_type="LOCAL",
            user_id="me",
            status="FINISHED",
            start_time=1_600_000_000_000,
            end_time=1_600_000_001_000,
            lifecycle_stage="active",
            artifact_uri=f"{artifacts}/1/{run}/artifacts",
            experiment_id=1,
        )
        _insert(connection, "tags", key="hw1.variant", value=run * 2, run_uuid=run)
        _insert(connection, "params", key="train.dropout", value="0.2", run_uuid=run)
        for step, value in enumerate(VALUES):
            point = {"key": "valid/mse", "value": value, "step": step, "run_uuid": run}
            point |= {"timestamp": 1_600_000_000_000 + step, "is_nan": False}
            _insert(connection, "metrics", **point)
        _insert(connection, "latest_metrics", **point)


def _insert(connection: sqlite3.Connection, table: str, **values: Any) -> None:
    """Insert a row, as far as the table has those columns; nothing where there is no such table."""
    columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
    row = {name: value for name, value in values.items() if name in columns}
    if row:
        places = ", ".join("?" * len(row))
        connection.execute(
            f"insert into {table} ({', '.join(row)}) values ({places})", list(row.values())
        )


def revision_of(path: Path) -> str:
    """The version of a whole file's tables."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        return str(connection.execute("select version_num from alembic_version").fetchone()[0])


def rows_of(path: Path) -> list[Any]:
    """The runs of a file and their points, whatever its tables' version."""
    with closing(sqlite3.connect(path)) as connection:
        runs = connection.execute("select run_uuid, name, status from runs").fetchall()
        points = connection.execute("select run_uuid, key, step, value from metrics").fetchall()
        return sorted(runs) + sorted(points)


def forked(work: Callable[[], None], kill_after: float | None = None) -> int:
    """Do something in a process of its own, which has all that is imported.

    Args:
        work: what to do.
        kill_after: seconds until the process is killed.

    Returns:
        0 where it ended well, 1 where it raised, -9 where it was killed.
    """
    return ended(started(work), kill_after)


def started(work: Callable[[], None]) -> int:
    """Begin to do something in a process of its own; returns its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def ended(child: int, kill_after: float | None = None) -> int:
    """How a process ended; see `forked`."""
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
