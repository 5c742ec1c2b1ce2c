"""Make MLflow's SQLite file: it is there whole, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory


def make_store(path: Path) -> None:
    """Make a store, unless it is there.

    MLflow makes tables and then alters them, step by step. Killed in between, it leaves a file that
    no later one can use: the steps are not undone, and none is remembered.

    Args:
        path: the store's file; no other publisher makes it, but perhaps another program.
    """
    if "?" in path.name or path.exists():
        return  # with options in its address, MLflow makes it by itself
    path = path.resolve()  # a link may stand there before its file does
    from mlflow.store.tracking import DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    prefix = f"{path.name}.new-"
    for left in path.parent.glob(f"{prefix}*"):  # by one that was killed
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=path.parent, prefix=prefix) as folder:
        making = Path(folder) / path.name
        store = SqlAlchemyStore(f"sqlite:///{making}", DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH)
        store.engine.dispose()  # nothing may be written to it by this name any more
        _put(making, path)


def _put(made: Path, path: Path) -> None:
    """Give a file its name, unless another program has made one of that name meanwhile."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:  # a place without links
        if not path.exists():
            made.replace(path)
