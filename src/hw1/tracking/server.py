"""MLflow's server on loopback: one worker, no jobs, and nothing left behind when it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hw1.core.errors import Hw1Error
from hw1.core.place import project_root, state_folder
from hw1.tracking.store import ARTIFACTS, tracking_uri

HOST = "127.0.0.1"
FIRST_PORT, PORTS_TRIED = 5000, 20
START_SECONDS = 120.0


@contextmanager
def running_server(wanted: int | None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run MLflow's server on the project's store as long as the block does.

    Args:
        wanted: the port on this machine; None takes the first free one from 5000.

    Yields:
        The server's address and its process, when it answers.

    Raises:
        Hw1Error: the port is taken, or the server does not start.
    """
    port = free_port(wanted)
    log = state_folder() / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        server = subprocess.Popen(
            _command(port),
            env=_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://{HOST}:{port}"
        _wait_until_ready(server, address, log)
        yield address, server
    finally:
        _end(server)


def free_port(wanted: int | None) -> int:
    """The wanted port, or the first free one from 5000.

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
    if wanted:
        raise Hw1Error(f"port {wanted} is in use; `hw1 ui` without `--port` takes a free one")
    raise Hw1Error(f"ports {ports[0]} to {ports[-1]} are in use; `hw1 ui --port` takes another")


def _command(port: int) -> list[str]:
    command = [sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port)]
    command += ["--workers", "1", "--uvicorn-opts", "--log-level warning"]
    command += ["--default-artifact-root", (project_root() / ARTIFACTS).as_uri()]
    return command


def _environment() -> dict[str, str]:
    """The store's address is no word of the command: it may hold a password."""
    own = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    defaults = {"MLFLOW_DISABLE_TELEMETRY": "true"}
    return defaults | os.environ | own | {"MLFLOW_BACKEND_STORE_URI": tracking_uri()}


def _wait_until_ready(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Hw1Error(f"MLflow's server did not start; {log} says why")


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the server and its workers."""
    import psutil

    try:
        family = psutil.Process(server.pid)
        processes = [*family.children(recursive=True), family]
    except psutil.NoSuchProcess:
        return
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=10)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    server.wait()
