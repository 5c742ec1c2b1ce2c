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


@pytest.mark.fault("eight publishers")
def test_what_another_program_has_made_meanwhile_is_left_alone(tmp_path, monkeypatch):
    """Such as `mlflow ui` or a notebook, which take no part in this project's locks."""
    store, upgrade = tmp_path / "mlflow.db", utils._upgrade_db

    def upgrade_late(engine):
        upgrade(engine)
        store.write_text("another's")

    monkeypatch.setattr(utils, "_upgrade_db", upgrade_late)
    make_store(store)
    assert store.read_text() == "another's"
    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db"]


def test_a_store_can_lie_where_a_link_points_to_and_where_no_hard_links_are(tmp_path, monkeypatch):
    def refuses(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", refuses)
    store = tmp_path / "mlflow.db"
    (tmp_path / "other").mkdir()
    store.symlink_to("other/store.db")
    make_store(store)
    assert store.is_symlink()
    assert MlflowClient(f"sqlite:///{tmp_path}/other/store.db").search_experiments()
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["store.db"]
