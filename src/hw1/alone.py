"""Run DVC alone in a project: it waits for whoever is at work, and mends what a killed run left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from hw1.core.place import STATE
from hw1.holding import waiting_for_file
from hw1.mend.command import mend
from hw1.mend.holders import BusyError

LOCK = STATE / "repro.lock"
QUIET = 0.5  # seconds that nobody minds waiting
LOOK = 0.25  # seconds between two looks whether DVC is at work
SIGNALLED = 128  # a shell's exit code for a process that signal n has ended is n more

Handler = Callable[[int, FrameType | None], object]


def run_alone(root: Path, words: Sequence[str]) -> int:
    """Mend what has to be, then run DVC; one such run at a time.

    Args:
        root: the project's folder, which is the current one.
        words: DVC's command, such as `repro`, and its options.

    Returns:
        Its exit code; 130 where Ctrl-C ended waiting.

    Raises:
        Hw1Error: something is left that a person has to decide.
    """
    runs = False
    try:
        with waiting_for_file(root / LOCK, _tell_of_run, quiet=QUIET):
            mend_when_free(root, lambda words: _tell(f"mended: {words}"))
            runs = True
            return _run(words)
    except KeyboardInterrupt:
        if runs:
            raise
        _tell("stopped waiting; nothing was run")
        return SIGNALLED + signal.SIGINT


def own_programs_first() -> dict[str, str]:
    """An environment in which stages and queue workers run under this very Python."""
    programs = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([programs, os.environ.get("PATH", "")])}


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _tell_of_run(holder: str) -> None:
    who = f" ({holder})" if holder else ""
    _tell(f"another run{who} is at work here; waiting for it")


def mend_when_free(root: Path, say: Callable[[str], None]) -> None:
    """Mend as soon as no DVC is at work; say once which one is, if it is for long.

    Args:
        root: the project's folder.
        say: told, in a line each, what was mended.

    Raises:
        Hw1Error: something is left that a person has to decide.
    """
    began, told = time.monotonic(), False
    while True:
        try:
            mend(root, say)
            return
        except BusyError as busy:
            if not told and time.monotonic() - began > QUIET:
                _tell(f"{busy.who} is at work here; waiting for it")
                told = True
        time.sleep(LOOK)


def mend_with_queue(root: Path, say: Callable[[str], None]) -> None:
    """Mend a project and DVC's queue of experiments.

    Args:
        root: the project's folder.
        say: told, in a line each, what was mended.

    Raises:
        BusyError: DVC is at work.
        Hw1Error: something is left that a person has to decide.
    """
    from hw1.mend.queue import AT_WORK, mend_queue

    try:
        mend(root, say)
    except BusyError:
        # `dvc exp run --run-all` is at work while it waits for an experiment that is dead
        told = mend_queue(root)
        for line in told:
            say(line)
        if not told or told[-1].startswith(AT_WORK):
            raise
        mend_when_free(root, say)
    else:
        for line in mend_queue(root):
            say(line)


def _run(words: Sequence[str]) -> int:
    # DVC waits for its own lock, which others hold for a moment; else it would give up
    command = [sys.executable, "-m", "dvc", "--wait-for-lock", *words]
    process = subprocess.Popen(command, env=own_programs_first())
    with _passing_signals_on(process):
        code = process.wait()
    if code >= 0:
        return code
    _tell(f"DVC was ended by signal {-code}; the same command goes on where it was")
    return SIGNALLED - code


@contextmanager
def _passing_signals_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave it to another process when to end: Ctrl-C reaches both, what is for one goes on."""
    handlers: dict[int, Handler | signal.Handlers] = {
        signal.SIGINT: signal.SIG_IGN,
        signal.SIGTERM: lambda number, _frame: process.send_signal(number),
    }
    earlier = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
