"""`hw1 ui` as a person starts and ends it."""

import re
import signal
import subprocess
import sys
import urllib.request

import mlflow
import psutil
import pytest
from listening_support import LOOPBACK, family, listening
from pipeline_support import environment
from postgres_support import free_port

COMMAND = "from hw1.cli import main; main()"


@pytest.mark.slow
@pytest.mark.fault("loopback")
def test_it_opens_on_the_runs_and_leaves_nothing_behind(project):
    (project.root / "mlflow.db").unlink()
    ui = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "ui", "--port", str(free_port())],
        cwd=project.root,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        printed = [ui.stdout.readline() for _ in range(2)]
        assert printed[0] == "1 variants known, 1 of them newly published\n"
        address = re.fullmatch(
            r"MLflow: (http://127\.0\.0\.1:\d+)/(#/experiments/.*)\n", printed[1]
        )
        assert "viewStateShareKey=hw1" in address[2]
        with urllib.request.urlopen(address[1]) as page:
            assert b"<html" in page.read()
        started = family(ui.pid)
        assert len(started) > 1
        assert listening(started) == {LOOPBACK}
        ui.send_signal(signal.SIGTERM)
        assert ui.wait(timeout=30) == 0
        _, alive = psutil.wait_procs(started, timeout=5)
        assert not alive
    finally:
        ui.kill()
        ui.wait()
    client = mlflow.MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    experiment = client.get_experiment_by_name("hw1-sample").experiment_id
    assert [run.info.run_name for run in client.search_runs([experiment])] == ["default"]
