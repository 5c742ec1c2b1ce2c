"""A publisher beside the stages: a real process, a real store."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from browser_support import predictions_text, variant_texts
from filelock import FileLock
from listening_support import listening
from old_store_support import make_old_store
from tracking_support import all_runs, fabricate

from hw1.core import layout
from hw1.core.files import write_text
from hw1.lineage.warm import SOCKET, remember_published, spawn_publisher, start_publisher
from hw1.tracking.drawing import draw
from hw1.tracking.stage import publish_workspace
from hw1.tracking.store import TrackerError, lock_path
from hw1.tracking.tags import INCOMPLETE_TAG, RESTORE_TAG
from hw1.tracking.warm_request import READY, publish_warm

PATIENCE = 60  # seconds
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets")


@contextmanager
def sleeping_dvc() -> Iterator[psutil.Process]:
    """A process that a publisher takes for the DVC that it belongs to."""
    with subprocess.Popen(SLEEPER) as sleeper:
        try:
            yield psutil.Process(sleeper.pid)
        finally:
            sleeper.kill()


@contextmanager
def publisher(owner: psutil.Process) -> Iterator[psutil.Process]:
    """A publisher for the current folder; at the end none may be left."""
    with spawn_publisher(owner) as process:
        try:
            yield psutil.Process(process.pid)
            process.wait(PATIENCE)
        finally:
            process.kill()


@pytest.fixture
def variant(project):
    """A variant whose files stand in the current folder."""
    texts = variant_texts()
    audit = json.loads(texts["metrics/ingest.json"]) | {"train": {"rows": 9}, "test": {"rows": 9}}
    texts["metrics/ingest.json"] = json.dumps(audit)
    made = fabricate(texts=texts, predictions=predictions_text())
    project.write(made)
    return made


def wait_until_ready() -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(SOCKET))
        assert connection.recv(len(READY)) == READY


@pytest.mark.fault("loopback")
def test_it_publishes_what_this_process_would_and_ends(project, variant, client):
    with sleeping_dvc() as dvc, publisher(dvc) as process:
        wait_until_ready()
        assert SOCKET.stat().st_mode & 0o777 == 0o600
        assert listening([process]) == set()
        project.write(variant)  # as a stage does meanwhile
        time.sleep(2)  # for pictures ahead
        run_id = publish_warm(variant.record, Path.cwd())
        assert run_id is not None
    assert not process.is_running()
    assert not SOCKET.exists()
    (run,) = all_runs(client)
    assert run.info.run_id == run_id
    assert INCOMPLETE_TAG not in run.data.tags
    drawn = draw(variant.record, predictions_text(), run.data.tags[RESTORE_TAG])
    for path, content in drawn.items():
        assert Path(client.download_artifacts(run_id, path)).read_bytes() == content
    assert publish_warm(variant.record, Path.cwd()) is None
    assert publish_workspace(variant.record, Path.cwd()) == run_id
    assert len(all_runs(client)) == 1


def test_it_creates_a_store_and_leaves_the_tree_alone(project, variant):
    Path("mlflow.db").unlink()
    before = project.git("status", "--porcelain")
    with sleeping_dvc() as dvc, publisher(dvc):
        run_id = publish_warm(variant.record, Path.cwd())
    assert run_id is not None
    assert project.git("status", "--porcelain") == before
    assert publish_workspace(variant.record, Path.cwd()) == run_id


def test_it_ends_when_dvc_does(project):
    with sleeping_dvc() as dvc, publisher(dvc) as process:
        wait_until_ready()
        assert not [file for file in process.open_files() if "mlflow" in file.path]
        dvc.kill()
    assert not process.is_running()
    assert not SOCKET.exists()


@pytest.mark.fault("kill a publisher")
def test_killed_in_the_middle_it_leaves_no_second_run(project, variant, client):
    with sleeping_dvc() as dvc, publisher(dvc) as process:
        wait_until_ready()
        watch = f"""
import os, signal, sqlite3, time
while not sqlite3.connect("mlflow.db").execute("select count(*) from runs").fetchone()[0]:
    time.sleep(.005)
os.kill({process.pid}, signal.SIGKILL)
"""
        with subprocess.Popen([sys.executable, "-c", watch]):
            assert publish_warm(variant.record, Path.cwd()) is None
    assert [run.info.status for run in all_runs(client)] == ["RUNNING"]
    run_id = publish_workspace(variant.record, Path.cwd())
    assert [run.info.run_id for run in all_runs(client)] == [run_id]
    with sleeping_dvc() as dvc, publisher(dvc):  # what the killed one has left is no obstacle
        wait_until_ready()
        dvc.kill()


@pytest.mark.slow  # it says nothing for two seconds
@pytest.mark.fault("eight publishers")
def test_who_asks_it_is_told_for_whom_it_waits(project, variant, client, capfd):
    with sleeping_dvc() as dvc, publisher(dvc):
        wait_until_ready()
        held = FileLock(lock_path(), thread_local=False)
        held.acquire()
        threading.Timer(4, held.release).start()
        assert publish_warm(variant.record, Path.cwd()) is not None
    assert capfd.readouterr().err == "another publisher is at work; waiting for it\n"
    assert len(all_runs(client)) == 1


@pytest.mark.parametrize("change", ["address", "folder"])
def test_it_is_not_used_where_something_has_changed(project, variant, monkeypatch, change):
    with sleeping_dvc() as dvc, publisher(dvc):
        wait_until_ready()
        folder = Path.cwd()
        if change == "address":
            monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/other.db")
        else:
            folder = folder.parent
        assert publish_warm(variant.record, folder) is None


def test_it_makes_the_store_anew_if_that_is_deleted_meanwhile(project, variant):
    with sleeping_dvc() as dvc, publisher(dvc):
        wait_until_ready()
        Path("mlflow.db").unlink()
        run_id = publish_warm(variant.record, Path.cwd())
    assert run_id is not None
    assert publish_workspace(variant.record, Path.cwd()) == run_id


@pytest.mark.fault("older database")
def test_an_older_store_is_left_to_who_can_tell_that_it_is_migrated(project, variant, capfd):
    make_old_store(Path("mlflow.db"), "76601a5f987d")
    before = Path("mlflow.db").read_bytes()
    with sleeping_dvc() as dvc, publisher(dvc):
        wait_until_ready()
        assert publish_warm(variant.record, Path.cwd()) is None
    assert Path("mlflow.db").read_bytes() == before
    assert publish_workspace(variant.record, Path.cwd())
    assert "the old one is kept as mlflow.db.76601a5f987d.bak" in capfd.readouterr().err


def test_garbage_is_refused(project):
    with sleeping_dvc() as dvc, publisher(dvc), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(SOCKET))
        with connection.makefile("rb") as lines:
            assert lines.readline() == READY
            connection.sendall(b"[1, 2\n")
            assert "trouble" in json.loads(lines.readline())


def test_one_that_stops_answering_is_not_waited_for(project, variant, monkeypatch):
    monkeypatch.setattr("hw1.tracking.warm_request.LONGEST_WARMING", 0.5)
    with sleeping_dvc() as dvc, publisher(dvc) as process:
        process.suspend()
        assert publish_warm(variant.record, Path.cwd()) is None
        process.resume()
        dvc.kill()


def test_a_server_that_is_down_is_told_of_as_ever(project, variant, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(TrackerError) as own:
        publish_workspace(variant.record, Path.cwd())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")  # MLflow sets it as well
    with sleeping_dvc() as dvc, publisher(dvc):
        with pytest.raises(TrackerError) as warm:
            publish_warm(variant.record, Path.cwd())
        assert str(warm.value) == str(own.value)


@pytest.mark.parametrize("variables", [{}, {"DVC_STAGE": "check", "HW1_WARM": "0"}])
def test_none_is_started_outside_dvc_or_where_it_is_switched_off(root, monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    start_publisher()
    assert not SOCKET.exists()


@pytest.mark.skipif(os.cpu_count() == 1, reason="none is started on a single processor")
def test_a_stage_starts_one_for_the_dvc_above_it(root, tmp_path):
    """The stage's pipes close with the stage; a second stage finds the first one's publisher."""
    stage = "import hw1.lineage.warm as w; w.start_publisher(); print(w._is_waiting())"
    dvc = tmp_path / "dvc"
    dvc.write_text(
        "import subprocess, sys, time\n"
        f"command = [sys.executable, '-c', {stage!r}]\n"
        "outputs = [subprocess.run(command, capture_output=True, text=True) for _ in 'ab']\n"
        "print([ran.stdout + ran.stderr for ran in outputs], flush=True)\n"
        "time.sleep(600)\n"
    )
    variables = os.environ | {"DVC_STAGE": "check"}
    command = [sys.executable, str(dvc)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "['True\\n', 'True\\n']\n"
        started = [each for each in psutil.process_iter() if serves(each, Path.cwd())]
        process.send_signal(signal.SIGKILL)
        assert len(started) == 1
        assert psutil.wait_procs(started, PATIENCE)[1] == []
    assert not SOCKET.exists()


def test_none_is_started_for_a_variant_that_is_published(root, monkeypatch):
    spawned = []
    monkeypatch.setattr("hw1.lineage.warm.spawn_publisher", spawned.append)
    monkeypatch.setattr("hw1.lineage.warm.running_dvc", psutil.Process)
    monkeypatch.setattr("hw1.lineage.warm._processors", lambda: 2)
    monkeypatch.setenv("DVC_STAGE", "check")
    for digest, count in (("A", 1), ("B", 2), ("A", 2)):
        write_text(layout.DIGEST_FILE, digest)
        start_publisher()
        assert len(spawned) == count
        remember_published()


def serves(process: psutil.Process, folder: Path) -> bool:
    """Whether a process is the publisher of a folder."""
    try:
        return "hw1.tracking.warm" in process.cmdline() and process.cwd() == str(folder.resolve())
    except psutil.Error:
        return False
