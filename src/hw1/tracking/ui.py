"""MLflow's UI on loopback, with a watcher beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from hw1.errors import Hw1Error
from hw1.lineage.place import project_root, state_folder
from hw1.params.base import read_params
from hw1.tracking.experiments import experiment_id, own_experiments
from hw1.tracking.live_runs import remove_stale
from hw1.tracking.store import (
    ARTIFACTS,
    is_server,
    tracking_client,
    tracking_uri,
)
from hw1.tracking.sync import synchronise
from hw1.tracking.view import set_view
from hw1.tracking.watch import Watcher

HOST = "127.0.0.1"
FIRST_PORT, PORTS_TRIED = 5000, 20
START_SECONDS = 120.0
LOOK_EVERY = 2.0


def serve(port: int | None) -> None:
    """Bring the runs up to date, show them in MLflow's UI and watch the project until Ctrl-C.

    Args:
        port: the port on this machine; None takes the first free one from 5000.

    Raises:
        TrackerError: the store that MLFLOW_TRACKING_URI names does not answer.
        Hw1Error: the port is taken, or the server does not start.
    """
    root = project_root()
    report = synchronise(root, everything=False)
    print(f"{report.known} variants known, {len(report.published)} of them newly published")
    for reason in report.skipped:
        print(f"not published: {reason}")
    page = _prepare_page(root)
    watcher = Watcher(root, lambda text: print(text, flush=True))
    try:
        if is_server():
            _announce(f"{tracking_uri().rstrip('/')}/{page}")
            _watch(watcher, lambda: True)
        else:
            _serve_and_watch(_free_port(port), page, watcher)
    except KeyboardInterrupt:
        print()


def _prepare_page(root: Path) -> str:
    """The part of the address that opens the table of the edition that is in use."""
    edition = str(read_params()["ingest"]["edition"])
    with tracking_client() as client:
        experiments = own_experiments(client)
        remove_stale(client, root, [each.experiment_id for each in experiments])
        for experiment in experiments:
            set_view(client, experiment.experiment_id)
        return set_view(client, experiment_id(client, edition))


def _serve_and_watch(port: int, page: str, watcher: Watcher) -> None:
    log = state_folder() / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            _command(port), env=_environment(), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://{HOST}:{port}"
        _wait_until_ready(server, address, log)
        _announce(f"{address}/{page}")
        _watch(watcher, lambda: server.poll() is None)
    finally:
        server.terminate()
        server.wait()


def _command(port: int) -> list[str]:
    command = [sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port)]
    command += ["--workers", "1", "--uvicorn-opts", "--log-level warning"]
    command += ["--backend-store-uri", tracking_uri()]
    command += ["--default-artifact-root", (project_root() / ARTIFACTS).as_uri()]
    return command


def _environment() -> dict[str, str]:
    return os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def _wait_until_ready(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Hw1Error(f"MLflow's server did not start; {log} says why")


def _announce(address: str) -> None:
    print(f"MLflow: {address}\nCtrl-C ends it.", flush=True)


def _watch(watcher: Watcher, goes_on: Callable[[], bool]) -> None:
    while goes_on():
        watcher.tick()
        time.sleep(LOOK_EVERY)


def _free_port(wanted: int | None) -> int:
    """The wanted port, or the first free one.

    Raises:
        Hw1Error: another program has it.
    """
    ports = [wanted] if wanted else list(range(FIRST_PORT, FIRST_PORT + PORTS_TRIED))
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise Hw1Error(f"port {ports[0]} is in use; `hw1 ui --port {ports[0] + 1}` takes another")
