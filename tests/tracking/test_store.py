import re
import socket
import subprocess
import sys
import threading

import pytest

from hw1.tracking import store
from hw1.tracking.store import (
    TrackerError,
    artifact_location,
    lock_path,
    project_root,
    tracking_client,
    tracking_uri,
)


def test_an_experiment_in_a_temporary_folder_uses_the_projects_store(monkeypatch, tmp_path):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    assert project_root() == tmp_path.resolve()
    assert tracking_uri() == f"sqlite:///{tmp_path.resolve()}/mlflow.db"
    assert artifact_location() == f"file://{tmp_path.resolve()}/mlartifacts"
    assert tmp_path.resolve() in lock_path().parents


def test_a_named_server_decides_where_artifacts_lie(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    assert tracking_uri() == "http://127.0.0.1:5000"
    assert artifact_location() is None


@pytest.mark.fault("credentials")
def test_a_password_is_in_no_message(monkeypatch):
    """A server that takes the connection and then hangs up is quoted by MLflow, address and all."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up():
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=hang_up, daemon=True).start()
        port = server.getsockname()[1]
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:se%40cret@127.0.0.1:{port}")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        with pytest.raises(TrackerError) as raised, tracking_client() as client:
            client.search_experiments()
        server.shutdown(socket.SHUT_RDWR)
    told = str(raised.value)
    assert f"127.0.0.1:{port}" in told
    for secret in ("se%40cret", "se@cret", "me:"):
        assert secret not in told


@pytest.mark.fault("eight publishers")
def test_who_waits_for_another_publisher_is_told_for_whom(root, monkeypatch, capfd):
    monkeypatch.setattr(store, "LONGEST_WAIT", 0.2)
    hold = (
        "import sys, pathlib, hw1.holding as h\n"
        "with h.waiting_for_file(pathlib.Path(sys.argv[1]), print):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", hold, str(lock_path())]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TrackerError) as raised, tracking_client():
            pass
        other.communicate()
    who = rf"another publisher is at work \(process {other.pid} on \S+, since \d\d:\d\d\)"
    assert re.fullmatch(f"{who}; waiting for it\n", capfd.readouterr().err)
    assert re.match(f"{who}, for more than 0.2 s; wait until it has ended", str(raised.value))
    with tracking_client() as client, tracking_client():  # commands nest
        assert client.search_experiments()
    assert capfd.readouterr().err == ""
