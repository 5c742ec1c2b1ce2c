import os
import signal

import pytest
from mlflow import MlflowClient
from mlflow.store.db import utils
from old_store_support import forked

from hw1.tracking.new_store import make_store


def kill_this_process(_):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.fault("kill a publisher")
def test_a_store_whose_maker_is_killed_is_made_anew(tmp_path, monkeypatch):
    """MLflow itself goes on with the first step of its tables, of which some are there already."""
    store = tmp_path / "mlflow.db"
    with monkeypatch.context() as patch:
        patch.setattr(utils, "_upgrade_db", kill_this_process)
        assert forked(lambda: make_store(store)) == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith("mlflow.db.new-")
    assert (left / "mlflow.db").stat().st_size  # some of its tables

    make_store(store)

    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db"]
    assert MlflowClient(f"sqlite:///{store}").search_experiments()
    before = store.read_bytes()
    make_store(store)
    assert store.read_bytes() == before
