import subprocess
import sys

import pytest
from tracking_support import fabricate, publish

from hw1.tracking.lookup import published_run

VARIANT = fabricate(experiment="mine", baseline="b" * 40)


def test_a_published_variant_is_found(root):
    run_id = publish(VARIANT)
    assert published_run(VARIANT.record) == run_id
    assert published_run(VARIANT.known(experiment=None).record) == run_id


@pytest.mark.parametrize("change", [{"dropout": 0.3}, {"mse": 1.4}, {"code": "a remark"}], ids=str)
def test_another_variant_is_not(root, change):
    publish(VARIANT)
    assert published_run(fabricate(**change).record) is None


def test_an_experiment_that_the_run_does_not_name_is_news(root):
    publish(VARIANT)
    assert published_run(VARIANT.known(experiment="min").record) is None
    tags = {"dvc.experiment": "mine, other", "restore": "dvc exp apply mine"}
    publish(VARIANT, tags=tags)
    for name in ("mine", "other"):
        assert published_run(VARIANT.known(experiment=name).record) is not None


def test_a_deleted_or_unfinished_run_does_not_count(root, client):
    run_id = publish(VARIANT)
    client.delete_run(run_id)
    assert published_run(VARIANT.record) is None
    client.restore_run(run_id)
    client.update_run(run_id, "RUNNING")
    assert published_run(VARIANT.record) is None


def test_a_store_that_is_not_there_is_not_made(root):
    (root / "mlflow.db").unlink()
    assert published_run(VARIANT.record) is None
    assert not (root / "mlflow.db").exists()


@pytest.mark.parametrize("content", [b"", b"no database at all"])
def test_what_is_no_store_of_mlflow_is_left_to_mlflow(root, content):
    (root / "mlflow.db").write_bytes(content)
    assert published_run(VARIANT.record) is None


def test_a_server_has_to_be_asked_itself(root, monkeypatch):
    publish(VARIANT)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert published_run(VARIANT.record) is None


def test_a_store_may_be_named_relative_to_the_project(root, tmp_path, monkeypatch):
    run_id = publish(VARIANT)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    assert published_run(VARIANT.record) == run_id
    monkeypatch.setenv("DVC_ROOT", str(root))
    monkeypatch.chdir(tmp_path)  # an experiment in a folder of its own, which will be removed
    assert published_run(VARIANT.record) == run_id


def test_it_is_quick_since_it_does_without_mlflow():
    asked = "import sys, hw1.tracking.lookup; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
