"""A PostgreSQL of the test's own and MLflow's server on it, on loopback, in temporary folders.

PostgreSQL refuses to run as root, so that it runs as an unprivileged user where the tests do.
"""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
USERS = ("postgres", "nobody")
START_SECONDS = 120.0


def missing() -> str | None:
    """Why there can be no PostgreSQL here; None where there can be one."""
    if _programs() is None:
        return "PostgreSQL is not installed (Debian: postgresql)"
    if importlib.util.find_spec("psycopg2") is None:
        return "psycopg2 is not installed (pip: psycopg2-binary)"
    if os.geteuid() == 0 and _unprivileged() is None:
        return f"PostgreSQL refuses root, and there is no user {' or '.join(USERS)}"
    return None


@contextmanager
def running_postgres() -> Iterator[str]:
    """A fresh database as long as the block lasts; yields its URI for MLflow."""
    programs, port = _programs(), free_port()
    assert programs is not None
    # not below pytest's folder, which is closed to other users
    folder = Path(tempfile.mkdtemp(prefix="hw1-postgres-"))
    identity: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        user = _unprivileged()
        assert user is not None
        os.chown(folder, user.pw_uid, user.pw_gid)
        identity |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    create = ["initdb", "--auth=trust", "--username=hw1", "--no-sync", "--encoding=UTF8"]
    command = [str(programs / create[0]), *create[1:], f"--pgdata={data}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **identity)
    options = [f"-cport={port}", f"-clisten_addresses={HOST}", "-cfsync=off"]
    options.append(f"-cunix_socket_directories={folder}")
    server = subprocess.Popen(
        [str(programs / "postgres"), "-D", str(data), *options],
        stderr=subprocess.DEVNULL,
        **identity,
    )
    try:
        _wait_for(lambda: _answers(port), server)
        yield f"postgresql+psycopg2://hw1@{HOST}:{port}/postgres"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_mlflow(database: str, folder: Path, workers: int = 2) -> Iterator[str]:
    """MLflow's server on a database as long as the block lasts; yields its URI."""
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port)]
    command += ["--workers", str(workers), "--backend-store-uri", database]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    with (folder / "mlflow.log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            uri = f"http://{HOST}:{port}"
            _wait_for(lambda: _is_healthy(uri), server)
            yield uri
        finally:
            server.terminate()
            server.wait()


def free_port() -> int:
    """A port on loopback that nothing listens at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs: Debian keeps them away from PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found:
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "postgres").is_file()), None)


def _unprivileged() -> pwd.struct_passwd | None:
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next((known[name] for name in USERS if name in known), None)


def _answers(port: int) -> bool:
    import psycopg2

    try:
        psycopg2.connect(host=HOST, port=port, user="hw1", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _is_healthy(uri: str) -> bool:
    try:
        with urllib.request.urlopen(f"{uri}/health", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _wait_for(condition: Callable[[], bool], server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert server.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.1)
