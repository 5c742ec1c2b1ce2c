import pytest
from mlflow import MlflowClient
from mlflow.store.db import utils

from hw1.tracking.new_store import make_store


class KilledError(BaseException):
    """Stands for `kill -9`: nothing of what follows is done."""


def killed(_):
    raise KilledError


@pytest.mark.fault("kill a publisher")
def test_a_store_whose_maker_is_killed_is_made_anew(tmp_path, monkeypatch):
    """MLflow itself goes on with the first step of its tables, of which some are there already."""
    store, half = tmp_path / "mlflow.db", tmp_path / "mlflow.db.new-half"
    half.mkdir()
    (half / "mlflow.db").touch()
    with monkeypatch.context() as patch:
        patch.setattr(utils, "_upgrade_db", killed)
        with pytest.raises(KilledError):
            make_store(store)
    assert list(tmp_path.iterdir()) == []

    make_store(store)

    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db"]
    assert MlflowClient(f"sqlite:///{store}").search_experiments()
    before = store.read_bytes()
    make_store(store)
    assert store.read_bytes() == before
