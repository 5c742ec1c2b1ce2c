import json
import subprocess
import sys

import pytest

from hw1.core import failure
from hw1.core.entry import exits_cleanly
from hw1.core.errors import DivergedError
from hw1.core.failure import mark_failed

pytestmark = pytest.mark.fault("divergence")

PROBLEM = DivergedError("fold 0: no", place="fold 0", epoch=2, step=3, learning_rate=10.0)


@exits_cleanly
def diverging():
    raise PROBLEM


@pytest.fixture
def started(monkeypatch):
    """What is started instead of a process: command lines, and what they are told."""
    calls = []

    def run(command, **details):
        assert details.get("stderr") is None  # what it waits for is seen at once
        calls.append((command, json.loads(details["input"])))
        return subprocess.CompletedProcess(command, 0, "train: marked\n", "")

    monkeypatch.setattr(subprocess, "run", run)
    return calls


@pytest.mark.parametrize("stage", ["train", "../dvc.yaml:train"])
def test_a_stage_that_diverges_tells_where_before_it_ends(started, monkeypatch, capsys, stage):
    monkeypatch.setenv("DVC_STAGE", stage)
    with pytest.raises(SystemExit) as ended:
        diverging()
    assert ended.value.code == "error: fold 0: no"
    assert capsys.readouterr().out == "train: marked\n"
    ((command, told),) = started
    assert command[-2:] == ["-m", "hw1.tracking.failed"]
    assert told.pop("seconds") > 0
    assert told == {
        "stage": "train",
        "message": "fold 0: no",
        "place": "fold 0",
        "epoch": 2,
        "step": 3,
        "learning_rate": 10.0,
    }


@pytest.mark.parametrize("stage", ["", "diagnose", "lectures/dvc.yaml:views"])
def test_outside_the_pipelines_own_stages_nothing_is_recorded(started, monkeypatch, stage):
    monkeypatch.setenv("DVC_STAGE", stage)
    with pytest.raises(SystemExit):
        diverging()
    assert started == []


@pytest.mark.parametrize(
    ("module", "python", "said"),
    [
        ("hw1.no_such_module", sys.executable, "exit code 1"),
        ("hw1.tracking.failed", "/no/such/python", "No such file"),
    ],
)
def test_trouble_with_it_is_told_and_no_more(monkeypatch, capfd, module, python, said):
    monkeypatch.setenv("DVC_STAGE", "train")
    monkeypatch.setattr(failure, "MARKER", module)
    monkeypatch.setattr(sys, "executable", python)
    mark_failed(PROBLEM)
    printed = capfd.readouterr()
    assert printed.out.startswith("train: not marked as failed in MLflow: ")
    assert said in printed.out
    assert len(printed.err.splitlines()) == printed.err.count("No module named")


@pytest.mark.fault("eight publishers")
def test_for_whom_it_waits_is_seen_and_why_it_failed_is_said_in_one_line(
    monkeypatch, capfd, tmp_path
):
    """Here in a folder that is no pipeline's."""
    monkeypatch.setenv("DVC_STAGE", "train")
    monkeypatch.chdir(tmp_path)
    mark_failed(PROBLEM)
    (line,) = capfd.readouterr().out.splitlines()
    assert line.startswith("train: not marked as failed in MLflow: dvc.lock")
