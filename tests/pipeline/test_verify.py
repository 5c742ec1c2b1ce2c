"""`hw1 verify` on real, small projects."""

import os
import signal
import subprocess

import psutil
import pytest
from pipeline_support import environment, new_project
from support import SMALL

pytestmark = [pytest.mark.slow, pytest.mark.fault("verify")]


@pytest.fixture
def fresh(tmp_path):
    """A project whose pipeline has not run."""
    return new_project(tmp_path / "project", SMALL)


def test_a_sound_project_is_verified(project):
    before = project.git("status", "--porcelain")

    ran = project.run("hw1", "verify")

    assert ran.stdout.startswith("verified: ")
    assert "files of 7 stages are the same, twice and in the workspace" in ran.stdout
    assert "run 2 of 2: check ingest features train evaluate submit track, " in ran.stderr
    assert project.git("status", "--porcelain") == before


def test_a_stage_that_writes_the_time_is_named(fresh):
    time = '"clipped": __import__("time").time_ns()'
    fresh.edit("stages/submit.py", '"clipped": clipped', time)

    ran = fresh.run("hw1", "verify", check=False)

    assert ran.returncode == 1
    assert (
        "error: not verified: stage `submit` wrote another metrics/submit.json in the second run "
        "than in the first run: key `clipped`: "
    ) in ran.stderr


def test_a_pipeline_that_fails_is_told_with_its_message(fresh):
    fresh.edit("params.yaml", "  model: mlp", "  modle: mlp")

    ran = fresh.run("hw1", "verify", check=False)

    assert ran.returncode == 1
    assert "error: run 1 of 2: the pipeline fails in `check`:\nerror: params.yaml: " in ran.stderr
    assert "did you mean `train.model`" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.fault("divergence")
def test_a_training_that_diverges_there_is_no_failed_run_here(fresh):
    fresh.edit("params.yaml", "    learning_rate: ", "    learning_rate: 1e4 #")
    fresh.edit("params.yaml", "    name: adamw", "    name: sgd")

    ran = fresh.run("hw1", "verify", check=False)

    assert ran.returncode == 1
    assert "error: run 1 of 2: the pipeline fails in `train`:\nerror: fold 0: " in ran.stderr
    assert not (fresh.root / ".dvc/tmp/hw1").exists()
    assert not (fresh.root / "mlflow.db").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_removes_the_folders_and_ends_the_pipeline(fresh, tmp_path, number):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        ["hw1", "verify"],
        cwd=fresh.root,
        env=environment() | {"TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        shown = ""
        while "ingest" not in shown:
            shown += process.stderr.read(1)
        started = psutil.Process(process.pid).children(recursive=True)
        assert len(list(temporary.iterdir())) == 1
        process.send_signal(number)

    assert process.returncode != 0
    assert list(temporary.iterdir()) == []
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive, os.linesep.join(map(str, alive))
