import json
import os
import subprocess
import sys

import mlflow
import pytest
from pipeline_support import environment, ran_stages

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def runs(project):
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    experiments = [e.experiment_id for e in client.search_experiments() if e.name != "Default"]
    return client, client.search_runs(experiments)


def test_a_variant_is_one_run_with_its_parameters_metrics_and_files(finished):
    client, found = runs(finished)
    assert len(found) == 1
    run = found[0]
    evaluated = json.loads(finished.text("metrics/evaluate.json"))
    assert run.info.status == "FINISHED"
    assert run.data.metrics["valid/mse"] == evaluated["valid"]["mse"]
    assert run.data.params["train.optimizer.name"] == "adamw"
    assert run.data.tags["split"] == "forward"
    assert (
        run.data.tags["hw1.variant"]
        == json.loads(finished.text("data/track/variant.json"))["variant"]
    )
    epochs = client.get_metric_history(run.info.run_id, "curve_fold_0/valid_mse")
    assert [point.step for point in epochs][-1] == 2
    names = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert {"params.yaml", "metrics", "data"} <= names


def test_a_training_parameter_there_and_back_is_two_runs_and_one_more_training(project):
    before = project.text("dvc.lock")
    project.edit("params.yaml", "dropout: 0.2", "dropout: 0.1")
    stages = ran_stages(project.dvc("repro").stdout)
    assert stages == ["check", "train", "evaluate", "submit", "track"]
    project.dvc("repro", "--force", "--single-item", "track")
    project.edit("params.yaml", "dropout: 0.1", "dropout: 0.2")
    assert "train" not in ran_stages(project.dvc("repro").stdout)
    assert project.text("dvc.lock") == before
    _, found = runs(project)
    assert sorted(run.data.params["train.dropout"] for run in found) == ["0.1", "0.2"]


def test_a_server_that_is_down_never_fails_the_pipeline(project):
    down = environment() | {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    ran = subprocess.run(
        [sys.executable, "-m", "dvc", "repro", "--force", "--single-item", "track"],
        cwd=project.root,
        env=down,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("did not take the run") == 1
    assert "Traceback" not in ran.stderr


def test_first_users_of_a_fresh_store_do_not_destroy_it(project):
    for name in ("mlflow.db", "mlflow.db-wal", "mlflow.db-shm"):
        (project.root / name).unlink(missing_ok=True)
    publishers = [
        subprocess.Popen(
            [sys.executable, "-m", "stages.track"],
            cwd=project.root,
            env=environment() | {"DVC_ROOT": os.fspath(project.root)},
            stdout=subprocess.DEVNULL,
        )
        for _ in range(3)
    ]
    assert [publisher.wait() for publisher in publishers] == [0, 0, 0]
    _, found = runs(project)
    assert len(found) == 1
