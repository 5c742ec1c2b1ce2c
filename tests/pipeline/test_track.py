"""The stage `track` and `hw1 track` on a real pipeline."""

import json

import pytest
from bridge_support import (
    DOWN,
    finished_runs,
    kept_labels,
    numbers,
    remove_store,
    revisions,
    run_with,
    store,
)
from pipeline_support import ran_stages
from tracking_support import history_of

from hw1.tracking.tags import INCOMPLETE_TAG

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_variant_is_one_run_with_its_parameters_metrics_and_files(finished):
    client = store(finished)
    (run,) = finished_runs(client).values()
    evaluated = json.loads(finished.text("metrics/evaluate.json"))
    assert run.info.run_name == "default"
    assert run.data.metrics["error/mse"] == evaluated["main"]["value"]
    assert run.data.params["train.optimizer.name"] == "adamw"
    assert run.data.tags["split"] == "forward"
    assert run.data.tags["stage.train"].startswith("ran, ")
    assert run.data.tags["git.changed"] == "nothing"
    assert INCOMPLETE_TAG not in run.data.tags
    variant = json.loads(finished.text("data/track/variant.json"))
    tags = run.data.tags
    assert (tags["hw1.variant"], tags["hw1.result"]) == (variant["variant"], variant["result"])
    epochs = history_of(client, run.info.run_id, "learning/fold_0.valid_mse")
    assert [step for step, _ in epochs] == [1, 2]
    names = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert {"params.yaml", "dvc.lock", "metrics", "data", "plots"} <= names
    assert len(run.outputs.model_outputs) == 1


def test_there_and_back_with_the_server_down_and_without_the_database(project):
    """A, then B as an experiment while the server is down, then A, then all anew."""
    client = store(project)
    before = numbers(client, finished_runs(client))
    (first,) = before
    down = run_with(project, DOWN, "dvc", "exp", "run", "-n", "mine", "-S", "evaluate.levels=4")
    assert ran_stages(down.stdout) == ["check", "evaluate", "track"]
    assert down.stdout.count("http://127.0.0.1:9 did not answer") == 1
    assert "`hw1 track` publishes it" in down.stdout
    assert "Traceback" not in down.stderr
    evaluated = json.loads(project.text("metrics/evaluate.json"))
    project.git("checkout", "-q", "--", "params.yaml")
    assert "evaluate" not in ran_stages(project.dvc("repro").stdout)  # DVC's run cache has it
    assert set(finished_runs(client)) == {first}

    remove_store(project)
    assert "2 newly published" in project.run("hw1", "track", "--all").stdout
    fresh = store(project, "./mlflow.db")
    rebuilt = finished_runs(fresh)
    assert kept_labels(project.root) == set(rebuilt)
    assert numbers(fresh, rebuilt)[first] == before[first]
    assert not any(INCOMPLETE_TAG in run.data.tags for run in rebuilt.values())
    (second,) = (run for label, run in rebuilt.items() if label != first)
    assert second.data.metrics["error/mse"] == evaluated["main"]["value"]
    tags = second.data.tags
    assert (second.info.run_name, tags["restore"]) == ("mine", "dvc exp apply mine")
    assert tags["dvc.experiment.revision"] == revisions(project)["mine"]
    assert tags["git.changed"] == "params.yaml"
    assert tags["stage.evaluate"].startswith("ran, ")
    assert tags["stage.train"].startswith("reused")
