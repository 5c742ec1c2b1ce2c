"""Many machines and one MLflow server on PostgreSQL: no file lock keeps the publishers apart."""

import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import postgres_support
import pytest
from bridge_support import finished_runs, numbers, run_with, store
from support import ROOT
from tracking_support import all_runs, fabricate

PUBLISHERS = 8
SHARED = (0.2, 0.25)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        postgres_support.missing() is not None, reason=str(postgres_support.missing())
    ),
]

# one machine: says that it is ready, waits until all are, publishes
PUBLISH = """
import sys, time
from pathlib import Path
import mlflow
from tracking_support import fabricate, publish
from hw1.tracking import content
content.draw = lambda *_: {}
Path("ready").touch()
while not Path("../go").exists():
    time.sleep(0.005)
for dropout in sys.argv[1:]:
    print("published", publish(fabricate(dropout=float(dropout))), flush=True)
"""

# stops in the middle, for ever
HANG = """
import time
import hw1.tracking.content as content
content.log_files = lambda *_, **__: time.sleep(600)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """MLflow's server on a fresh PostgreSQL."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres_support.running_postgres())
        folder = tmp_path_factory.mktemp("server")
        yield stack.enter_context(postgres_support.running_mlflow(database, folder))


@pytest.fixture
def client(server):
    from mlflow import MlflowClient

    return MlflowClient(server)


def start(folder, server, script, *dropouts):
    """Publish from a folder of its own, with locks of its own: another machine."""
    from pipeline_support import environment

    (folder / ".dvc").mkdir(parents=True, exist_ok=True)
    paths = f"{ROOT / 'src'}:{ROOT / 'tests'}"
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, dropouts)],
        cwd=folder,
        env=environment() | {"MLFLOW_TRACKING_URI": server, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    )


def of(runs, dropout):
    return runs[fabricate(dropout=dropout).record.variant.label]


def test_eight_machines_publish_at_once(server, client, tmp_path):
    """The first two variants are the same everywhere, the others are each machine's own."""
    own = {number: 0.3 + number / 100 for number in range(PUBLISHERS)}
    folders = [tmp_path / str(number) for number in own]
    publishers = [
        start(folder, server, PUBLISH, SHARED[0], own[number], SHARED[1])
        for number, folder in enumerate(folders)
    ]
    while not all((folder / "ready").exists() for folder in folders):
        assert all(publisher.poll() is None for publisher in publishers)
        time.sleep(0.05)
    (tmp_path / "go").touch()
    answers = [re.findall(r"^published (\w+)$", each.communicate()[0], re.M) for each in publishers]
    assert [publisher.returncode for publisher in publishers] == [0] * PUBLISHERS

    runs = finished_runs(client)
    assert set(runs) == {
        fabricate(dropout=dropout).record.variant.label for dropout in (*SHARED, *own.values())
    }
    for number, answer in enumerate(answers):
        assert answer[1] == of(runs, own[number]).info.run_id
    for run in runs.values():
        assert run.data.metrics["error/mse"] == 1.5
        assert len(run.data.params) == len(fabricate().record.variant.parameters)
        assert len(run.outputs.model_outputs) == 1
        assert client.list_artifacts(run.info.run_id, "data/submit")
    assert len({run.info.experiment_id for run in runs.values()}) == 1


@pytest.mark.fault("kill a publisher")
def test_a_publisher_that_is_killed_leaves_nothing_when_it_publishes_again(
    server, client, tmp_path
):
    (tmp_path / "go").touch()
    known = len(all_runs(client))
    killed, other = tmp_path / "killed", tmp_path / "other"
    publisher = start(killed, server, PUBLISH.replace("Path(", HANG + "Path(", 1), 0.7)
    while len(all_runs(client)) == known:
        assert publisher.poll() is None
        time.sleep(0.1)
    publisher.send_signal(signal.SIGKILL)
    publisher.wait()
    for folder in (other, killed):
        publisher = start(folder, server, PUBLISH, 0.7)
        publisher.communicate()
        assert publisher.returncode == 0
    assert len(finished_runs(client)) == known + 1


def test_a_project_publishes_everything_to_the_server(server, client, project, tmp_path):
    known = finished_runs(client)
    own = store(project)
    local = finished_runs(own)
    told = run_with(project, {"MLFLOW_TRACKING_URI": server}, "hw1", "track", "--all").stdout
    assert "1 newly published" in told
    runs = finished_runs(client)
    assert set(runs) == set(known) | set(local)
    new = {label: runs[label] for label in local}
    assert numbers(client, new) == numbers(own, local)
    (run,) = new.values()
    path = client.download_artifacts(run.info.run_id, "data/submit/submission.csv", str(tmp_path))
    assert Path(path).read_bytes() == (project.root / "data/submit/submission.csv").read_bytes()
