"""Run the pipeline of a copy, with a word for every stage that starts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hw1.core.errors import Hw1Error
from hw1.verify.copy import environment

STARTED = re.compile(r"Running stage '([^']+)'")
LAST_LINES = 15


def run_pipeline(copy: Path, seed: int, label: str, tell: Callable[[str], None]) -> None:
    """Run `dvc repro` in a copy.

    Args:
        copy: its folder.
        seed: of Python's hashes.
        label: what the run is called.
        tell: takes pieces of one line, each when there is something new.

    Raises:
        Hw1Error: the pipeline fails; with the stage and its message.
    """
    began, stage = time.monotonic(), "no stage"
    lines: list[str] = []
    tell(f"{label}:")
    with _started(copy, seed) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            started = STARTED.search(line)
            if started:
                stage = started[1]
                tell(f" {stage}")
                lines.clear()
    tell(f", {time.monotonic() - began:.0f} s\n")
    if process.returncode != 0:
        raise Hw1Error(f"{label}: the pipeline fails in `{stage}`:\n{_message(lines)}")


@contextmanager
def _started(copy: Path, seed: int) -> Iterator[subprocess.Popen[str]]:
    """`dvc repro` in a copy; it and its stages end with the block, however that ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro"],
        cwd=copy,
        env=environment(copy, seed),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # a group, which can be ended as a whole
    ) as process:
        try:
            yield process
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


def _message(lines: list[str]) -> str:
    """A stage's own message among all that was printed; else the last of that."""
    for number, line in enumerate(lines):
        if line.startswith("error: "):
            own = lines[number:]
            ends = (place for place, each in enumerate(own) if each.startswith("ERROR:"))
            return "\n".join(own[: next(ends, None)])
    return "\n".join(lines[-LAST_LINES:])
