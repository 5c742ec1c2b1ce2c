import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tracking_support import IDENTITY, enter_project

from hw1.core.errors import Hw1Error
from hw1.mend import queue as mending
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


def begin_experiment():
    """A worker that is killed at once, and the folder that it leaves."""
    for message in (BROKER / "in").glob("*.celery.msg"):
        shutil.move(message, BROKER / "processed")
    folder = BROKER.parents[1] / "tmp12345678"
    folder.mkdir()
    return folder


@pytest.mark.fault("kill a queue")
def test_an_experiment_whose_worker_is_killed_at_once_is_marked_as_failed(queue):
    assert mend_queue(Path.cwd()) == []  # it may still be begun
    begin_experiment()

    (told,) = mend_queue(Path.cwd())

    assert told.endswith(f"it is marked as failed; to queue it again: {COMMAND}")
    assert "Failed" in queue("queue", "status")
    assert mend_queue(Path.cwd()) == []
    assert not list(BROKER.parents[1].glob("tmp*"))
    (ended,) = BROKER.parents[1].glob("run/*/*.json")  # `dvc exp run --run-all` waits for that
    assert json.loads(ended.read_text())["returncode"] == -9


def test_a_project_without_a_queue_has_nothing_to_mend(tmp_path):
    assert mend_queue(tmp_path) == []


@pytest.mark.fault("kill a queue")
def test_what_begins_meanwhile_is_left_alone(queue, monkeypatch):
    left = begin_experiment()
    begun = left.with_name("tmp87654321")
    looks = []

    def look(*_):
        begun.mkdir(exist_ok=True)
        looks.append(1)
        return iter([psutil.Process()] if len(looks) == 2 else [])

    monkeypatch.setattr(mending, "_processes", look)
    (told,) = mend_queue(Path.cwd())
    assert told.startswith(f"the queue's processes are at work ({os.getpid()})")
    assert "Running" in queue("queue", "status")
    assert not left.exists()
    assert begun.exists()


@pytest.mark.fault("kill a queue")
def test_the_folder_of_an_experiment_outside_the_queue_stays(queue):
    folder = begin_experiment()
    program = [sys.executable, "-c", "import time; time.sleep(600)", "--temp"]
    with subprocess.Popen(program) as other:
        try:
            assert len(mend_queue(Path.cwd())) == 1
            assert folder.exists()
        finally:
            other.kill()


@pytest.mark.fault("kill a queue")
def test_what_dvc_cannot_read_is_one_message(queue):
    Path(".dvc/config").write_text("[core\n")
    with pytest.raises(Hw1Error, match=r"^DVC cannot mend its queue: .*`dvc queue status` works"):
        mend_queue(Path.cwd())
