import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tracking_support import IDENTITY, enter_project

from hw1.mend.queue import mend_queue

BROKER = Path(".dvc/tmp/exps/celery/broker")
COPIES = "stages:\n  copy:\n    cmd: cp params.yaml out\n    deps: [params.yaml]\n    outs: [out]\n"
COMMAND = "dvc exp run --queue --name mine -S train.dropout=0.4"


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """A project in which an experiment is queued; asks DVC what has become of it."""
    project = enter_project(tmp_path / "project", monkeypatch)
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    (project.root / "dvc.yaml").write_text(COPIES)
    project.git("add", ".")
    project.git("commit", "-qm", "stages")

    def dvc(*words):
        command = [sys.executable, "-m", "dvc", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    dvc(*COMMAND.split()[1:])
    return dvc


@pytest.mark.fault("kill a queue")
def test_an_experiment_whose_worker_is_killed_at_once_is_marked_as_failed(queue):
    assert mend_queue(Path.cwd()) == []  # it may still be begun
    for message in (BROKER / "in").glob("*.celery.msg"):  # a worker begins so
        shutil.move(message, BROKER / "processed")
    (BROKER.parents[1] / "tmp12345678").mkdir()

    (told,) = mend_queue(Path.cwd())

    assert told.endswith(f"it is marked as failed; to queue it again: {COMMAND}")
    assert "Failed" in queue("queue", "status")
    assert mend_queue(Path.cwd()) == []
    assert not list(BROKER.parents[1].glob("tmp*"))
    (ended,) = BROKER.parents[1].glob("run/*/*.json")  # `dvc exp run --run-all` waits for that
    assert json.loads(ended.read_text())["returncode"] == -9


def test_a_project_without_a_queue_has_nothing_to_mend(tmp_path):
    assert mend_queue(tmp_path) == []
