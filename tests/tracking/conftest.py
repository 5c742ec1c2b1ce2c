"""A project's folder with an MLflow store of its own; a store costs seconds, so each is a copy."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tracking_support import FabricatedProject, current_project


@pytest.fixture(scope="session", autouse=True)
def _nothing_outlives_a_power_cut() -> Iterator[None]:
    """SQLite does not wait for the disk at every commit: no test asks what a power cut leaves."""

    def go_on(connection: object, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=OFF")

    event.listen(Engine, "connect", go_on)
    yield
    event.remove(Engine, "connect", go_on)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store without runs."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def root(tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project's folder, which is the current one; models are read, but not logged."""
    with current_project(tmp_path / "project", empty_store) as folder:
        monkeypatch.setattr("hw1.tracking.model.log_model", _log_no_files)
        yield folder


@pytest.fixture
def project(root: Path) -> FabricatedProject:
    """The same under git and DVC, with one commit."""
    return FabricatedProject(root)


@pytest.fixture
def client(root: Path) -> mlflow.MlflowClient:
    """A look into the project's store."""
    return mlflow.MlflowClient(f"sqlite:///{root}/mlflow.db")


def _log_no_files(client: mlflow.MlflowClient, run: mlflow.entities.Run, _: object) -> str:
    model = client.create_logged_model(run.info.experiment_id, "model", run.info.run_id)
    return str(model.model_id)
