"""Ray from start to end: one of our own on this machine, or a place in a cluster that runs."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from itertools import dropwhile
from pathlib import Path
from typing import Any

import hw1
from hw1.core.errors import Hw1Error
from hw1.sweep.workers.base import THREAD_LIMITS, environment, usable_processors

PATIENCE = 15.0  # seconds until a cluster that does not answer is given up
CONNECT = 5.0  # seconds for its port
QUIET: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # `uv run` would have it pack the working folder
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # or it announces a change to come
    # it would refuse a cluster whose Python differs in the last digit of the version
    "RAY_DEFAULT_PYTHON_VERSION_MATCH_LEVEL": "minor",
}
# Elsewhere than on Linux Ray keeps to 127.0.0.1; on Linux it listens to the network, also when
# told otherwise by `_node_ip_address`, unless told that it is elsewhere
LOOPBACK_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PROBE = "import sys, ray; ray.init(sys.argv[1], logging_level='ERROR', log_to_driver=False)"


class RaySession:
    """Ray, connected from `open` to `close`."""

    def __init__(self, address: str | None) -> None:
        self._address = address
        self._folder: Path | None = None
        self._is_open = False

    def open(self) -> None:
        """Start Ray, or join the cluster.

        Raises:
            Hw1Error: it is not installed, in use already, does not answer or is another version.
        """
        if find_spec("ray") is None:
            raise Hw1Error("Ray is not installed; pip install -e '.[ray]'")
        try:
            self._join(self._address) if self._address else self._start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the Ray that was started, or leave the cluster."""
        if self._is_open:
            import ray

            self._is_open = False
            ray.shutdown()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _start(self) -> None:
        # a path to a socket may have some 100 bytes, of which Ray needs 70
        short = "/tmp" if Path("/tmp").is_dir() else None
        self._folder = Path(tempfile.mkdtemp(prefix="hw1-ray-", dir=short))
        same_modules = {
            "PYTHONPATH": os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)
        }
        with environment(SETTINGS | LOOPBACK_ONLY | THREAD_LIMITS | same_modules):
            self._initialise(
                address="local",
                num_cpus=usable_processors(),
                include_dashboard=False,
                _node_ip_address="127.0.0.1",
                _temp_dir=str(self._folder),
            )

    def _join(self, address: str) -> None:
        check_port(address)
        is_here = _host(address) in LOOPBACK
        with environment(SETTINGS | (LOOPBACK_ONLY if is_here else {})):
            check_cluster(address)
            package = str(Path(hw1.__file__).parent)
            shipped = {"py_modules": [package], "excludes": ["__pycache__"]}
            self._initialise(address=address, runtime_env={**shipped, "env_vars": THREAD_LIMITS})

    def _initialise(self, **options: Any) -> None:
        import ray

        if ray.is_initialized():
            raise Hw1Error("this process is connected to Ray already")
        self._is_open = True
        try:
            ray.init(**options, **QUIET)
        except Exception as error:  # Ray raises bare ones
            raise Hw1Error(f"Ray does not start: {error}") from error


def check_port(address: str) -> None:
    """Check that something listens at an address; Ray itself would try for minutes.

    Raises:
        Hw1Error: nothing does, or the address is none.
    """
    if address == "auto":
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        raise Hw1Error(f"{address}: the address of a Ray cluster is HOST:PORT or auto")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT).close()
    except OSError as error:
        raise Hw1Error(f"no Ray cluster answers at {address}: {error}") from error


def check_cluster(address: str) -> None:
    """Join a cluster from another process, which may hang or be aborted by Ray.

    Raises:
        Hw1Error: it does not answer or is another version.
    """
    probe = [sys.executable, "-c", PROBE, address]
    try:
        ran = subprocess.run(
            probe,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise Hw1Error(
            f"what listens at {address} has not answered as a Ray cluster in {PATIENCE:.0f} s"
        ) from None
    if ran.returncode:
        raise Hw1Error(f"the Ray cluster at {address} cannot be joined: {_reason(ran.stderr)}")


def _reason(stderr: str) -> str:
    """The message of the error that ended a process, of all that it wrote."""
    trace = stderr.rpartition("Traceback (most recent call last):\n")[2].splitlines()
    message = "\n".join(dropwhile(lambda line: line.startswith(" "), trace)).strip()
    return message or "Ray gives no reason"


def _host(address: str) -> str:
    return address.removeprefix("ray://").rpartition(":")[0].strip("[]")
