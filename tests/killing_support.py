"""Processes that are killed -9 at random moments, and what must be true of a project then."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout
from pipeline_support import Project, environment

PATIENCE = 180.0  # seconds


def number_of_kills(default: int) -> int:
    """How many kills a test is to make: HW1_KILLS, or the test's own number."""
    return int(os.environ.get("HW1_KILLS", default))


def chance() -> random.Random:
    """Random moments, the same ones at every run unless HW1_SEED is another."""
    seed = int(os.environ.get("HW1_SEED", "0"))
    print(f"HW1_SEED={seed}")
    return random.Random(seed)


def start(project: Project, *command: str, piped: bool = False) -> subprocess.Popen[str]:
    """Start a command in a session of its own; what it says is lost unless it is piped."""
    temporary = project.root.parent / "tmp"  # what a killed process leaves goes with the test
    temporary.mkdir(exist_ok=True)
    stream = subprocess.PIPE if piped else subprocess.DEVNULL
    return subprocess.Popen(
        command,
        cwd=project.root,
        env=environment() | {"TMPDIR": str(temporary)},
        stdout=stream,
        stderr=stream,
        text=True,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[Any]) -> bool:
    """Kill a process, but nothing that it has started; whether it was still at work."""
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until a condition is true.

    Raises:
        AssertionError: it is not in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_held(lock: Path) -> bool:
    """Whether a process holds a lock file."""
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def processes_in(root: Path, word: str) -> list[psutil.Process]:
    """Processes below a folder with a word in one of their arguments, the oldest first."""
    return sorted(_processes_in(root, word), key=lambda process: process.pid)


def _processes_in(root: Path, word: str) -> Iterator[psutil.Process]:
    place = str(root.resolve())
    for process in psutil.process_iter():
        try:
            words, folder = process.cmdline(), process.cwd()
        except psutil.Error:
            continue
        inside = folder == place or folder.startswith(f"{place}{os.sep}")
        if inside and any(word in each for each in words):
            yield process


def database_problems(path: Path) -> list[str]:
    """What SQLite finds wrong with a database."""
    if not path.is_file():
        return []
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("pragma integrity_check").fetchall()
    return [row[0] for row in rows if row != ("ok",)]
