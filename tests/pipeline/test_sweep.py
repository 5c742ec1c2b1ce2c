"""`hw1 sweep` and `hw1 apply` in a project whose pipeline has run."""

import os
import signal
import subprocess
import time

import pytest
from pipeline_support import environment
from real_sweep_support import SPACE, found, write_space

from hw1.core.sections import read_params
from hw1.params.features import FeaturesParams
from hw1.params.train import TrainParams


@pytest.mark.slow  # the README has its short form run
def test_the_best_trial_becomes_an_experiment_that_scores_the_same(project):
    ran = project.run("hw1", "sweep", write_space(project, 8), "--apply")

    assert "8 trials of 4 parameters by random, 2 seed(s) each, edition sample" in ran.stdout
    assert "MLflow: run `sweep-default`" in ran.stdout
    results = found(project, "default")
    assert sorted(results) == list(range(8))
    complete = [each for each in results.values() if each[1].state == "complete"]
    trial, outcome = min(complete, key=lambda each: each[1].members_mse)
    name = f"default-{trial.number}"
    assert f"trial {trial.number} is now the experiment `{name}`" in ran.stdout
    assert f"{outcome.ensemble_mse:.6f}" in ran.stdout
    params = read_params(project.root / "params.yaml")
    assert TrainParams(**params["train"]) == trial.train
    assert FeaturesParams(**params["features"]) == trial.features
    assert params["ingest"]["split"]["method"] == "blocks"
    assert name in project.dvc("exp", "list", "--name-only").stdout
    assert name in project.run("hw1", "show", "workspace").stdout
    assert "data/sweep" not in project.git("status", "--porcelain", "-uall")


def test_a_wrong_space_fails_before_the_first_trial(project):
    path = project.root.parent / "space.yaml"
    text = SPACE.format(trials=4)
    path.write_text(text.replace("train.hidden", "train.hiden").replace("1.0e-3", "0.0"))

    ran = project.run("hw1", "sweep", str(path), check=False)

    assert ran.returncode == 1
    assert "train.optimizer.learning_rate" in ran.stderr
    path.write_text(text.replace("train.hidden", "train.hiden"))
    ran = project.run("hw1", "sweep", str(path), check=False)
    assert "did you mean `train.hidden`" in ran.stderr
    assert not (project.root / "data" / "sweep").exists()


def test_what_is_not_there_cannot_be_applied(project):
    ran = project.run("hw1", "apply", "3", check=False)

    assert ran.returncode == 1
    assert "there is no search `default`; `hw1 sweep` makes one" in ran.stderr


@pytest.mark.fault("kill a sweep")
@pytest.mark.slow
def test_a_killed_search_goes_on_where_it_was(project):
    space = write_space(project, 12)
    project.run("hw1", "sweep", space, "--name", "whole")
    journal = project.root / "data" / "sweep" / "killed.journal"
    for told in (1, 6):
        process = subprocess.Popen(
            ["hw1", "sweep", space, "--name", "killed"],
            cwd=project.root,
            env=environment(),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not journal.is_file() or journal.read_text().count('"outcome"') < told:
            time.sleep(0.02)
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    ran = project.run("hw1", "sweep", space, "--name", "killed")

    assert "of them finished before" in ran.stdout
    assert found(project, "killed") == found(project, "whole")
