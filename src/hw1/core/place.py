"""Where the project keeps what is its own and no stage's output."""

import os
from pathlib import Path

STATE = Path(".dvc/tmp/hw1")


def project_root() -> Path:
    """The project's own root, also for an experiment that runs in a temporary folder.

    DVC sets DVC_ROOT to it; what is kept beside the temporary folder would vanish with it.
    """
    return Path(os.environ.get("DVC_ROOT") or Path.cwd()).resolve()


def state_folder(root: Path | None = None) -> Path:
    """The folder of locks, the ledger and timings; git and DVC leave it alone."""
    return (root or project_root()) / STATE
