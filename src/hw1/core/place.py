"""Where the project keeps what is its own and no stage's output."""

import os
from pathlib import Path

from hw1.core.errors import Hw1Error

STATE = Path(".dvc/tmp/hw1")


def project_root() -> Path:
    """The project's own root, also for an experiment that runs in a temporary folder.

    DVC sets DVC_ROOT to it; what is kept beside the temporary folder would vanish with it.
    """
    return Path(os.environ.get("DVC_ROOT") or Path.cwd()).resolve()


def state_folder(root: Path | None = None) -> Path:
    """The folder of locks, the ledger and timings; git and DVC leave it alone."""
    return (root or project_root()) / STATE


def require_dvc_folder(path: Path) -> None:
    """Refuse a path below a `.dvc` that is not there; where one is made, DVC sees a nested project.

    Raises:
        Hw1Error: it is below such a folder.
    """
    for folder in path.parents:
        if folder.name == ".dvc" and not folder.is_dir():
            raise Hw1Error(
                f"{folder.absolute().parent} holds no .dvc; start in the project's folder"
            )
