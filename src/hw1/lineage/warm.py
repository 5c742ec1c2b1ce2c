"""Start a publisher beside a stage, so that MLflow is imported while other stages compute.

Importing MLflow and opening its store takes longer than publishing. The first stage starts a
process (`hw1.tracking.warm`) that does both on another core, and the last one asks it to publish;
where it is not there, the last stage publishes by itself. The environment variable `HW1_WARM=0`
switches it off. While it waits it takes some 300 MB of memory.

This module alone is the first stage's: it imports little.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import hw1
from hw1.core import layout
from hw1.core.guard import running_dvc
from hw1.core.place import STATE, state_folder

if TYPE_CHECKING:
    import psutil

SOCKET = STATE / "warm.sock"  # relative to the tree: a socket's path may have some 100 bytes
SWITCH = "HW1_WARM"
PUBLISHER = "hw1.tracking.warm"
OF_ONE_STAGE = ("DVC_STAGE", "_", "SHLVL", "PWD", "OLDPWD")


def start_publisher() -> None:
    """Start a publisher beside the running stage, for the DVC that runs it.

    None is started outside DVC, where the machine has a single processor or no Unix sockets, where
    one waits already, and for a variant that is published: DVC restores that one, and the publisher
    would only be in the way. Trouble is no news: the last stage does without.
    """
    if not os.environ.get("DVC_STAGE") or os.environ.get(SWITCH) == "0" or _processors() < 2:
        return
    if _mark().exists():
        return
    import psutil

    with suppress(OSError, psutil.Error):
        dvc = running_dvc()
        if dvc is not None and hasattr(socket, "AF_UNIX") and not _is_waiting():
            spawn_publisher(dvc)


def remember_published() -> None:
    """Remember that the variant with the present parameters and code is published."""
    with suppress(OSError):
        _mark().parent.mkdir(parents=True, exist_ok=True)
        _mark().touch()


def spawn_publisher(owner: psutil.Process) -> subprocess.Popen[bytes]:
    """Start a publisher for the tree in the current folder.

    Args:
        owner: the publisher ends when this process does.

    Returns:
        The publisher, which already listens at `SOCKET`.

    Raises:
        OSError: the folder's file system takes no sockets, or no process can be started.
    """
    with _listening() as listener:
        descriptor = listener.fileno()
        paths = [str(Path(hw1.__file__).parents[1]), os.environ.get("PYTHONPATH")]
        words = [str(descriptor), str(owner.pid), repr(owner.create_time()), identity()]
        return subprocess.Popen(
            [sys.executable, "-B", "-m", PUBLISHER, *words],  # -B: the tree is not its to write to
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # DVC's would stay open
            stderr=subprocess.DEVNULL,
            pass_fds=(descriptor,),
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )


def identity() -> str:
    """What has to be the same for one process to publish for another: environment and code."""
    variables = sorted(item for item in os.environ.items() if item[0] not in OF_ONE_STAGE)
    return _digest([sys.executable, str(Path(hw1.__file__).resolve()), _code(), variables])


def _code() -> list[tuple[str, int, int]]:
    package = Path(hw1.__file__).parent
    return [
        (path.relative_to(package).as_posix(), path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(package.rglob("*.*"))
        if path.parent.name != "__pycache__"
    ]


def _mark() -> Path:
    """A file that is there if the variant is published; a hint, which data may make untrue."""
    try:
        parameters = layout.DIGEST_FILE.read_text(encoding="utf-8")
    except OSError:
        parameters = ""
    return state_folder() / "published" / _digest([parameters, _code()])


def _digest(content: list[object]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _listening() -> socket.socket:
    SOCKET.parent.mkdir(parents=True, exist_ok=True)
    SOCKET.unlink(missing_ok=True)  # of one that was killed
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(SOCKET))
        SOCKET.chmod(0o600)  # before anyone can connect
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _is_waiting() -> bool:
    """Whether a publisher of this tree is there."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(SOCKET)) == 0


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
