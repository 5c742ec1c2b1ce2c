"""Where MLflow's runs are kept: the user's server if one is named, else a file of the project."""

import os
from pathlib import Path

DATABASE = "mlflow.db"
ARTIFACTS = "mlartifacts"


def project_root() -> Path:
    """The project's own root, also for an experiment that runs in a temporary folder.

    DVC sets DVC_ROOT to it; a store beside the temporary folder would vanish with it.
    """
    return Path(os.environ.get("DVC_ROOT") or Path.cwd()).resolve()


def tracking_uri() -> str:
    """MLFLOW_TRACKING_URI, or the project's SQLite file by its absolute path."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{project_root() / DATABASE}"


def artifact_location() -> str | None:
    """Where a new experiment keeps its artifacts; a server decides for itself."""
    if os.environ.get("MLFLOW_TRACKING_URI"):
        return None
    return (project_root() / ARTIFACTS).as_uri()


def lock_path() -> Path:
    """The lock that keeps publishers apart: two first users of a fresh database destroy it."""
    return project_root() / ".dvc" / "tmp" / "hw1" / "mlflow.lock"
