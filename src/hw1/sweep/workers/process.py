"""One process that evaluates batches: both its ends.

The parent's end starts it and speaks to it through a pipe. The process ends with its parent, also
when the parent is killed, and leaves Ctrl-C, which a terminal sends to all, to its parent.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from threading import Thread
from typing import Any, Final, Generic, NoReturn

from hw1.core.errors import Hw1Error
from hw1.sweep.trial import Outcome
from hw1.sweep.workers.base import (
    MOST_DEATHS,
    THREAD_LIMITS,
    Batch,
    Evaluate,
    Raised,
    attempt,
    environment,
    portable,
)

HERE: Final = "here"  # the first word of a process that has begun


class WorkerProcess(Generic[Batch]):
    """The parent's end.

    Attributes:
        connection: readable when the process has a result, and when it is dead.
        task: place and batch that it was given last.
        is_busy: whether it has not yet given back what comes of it.
    """

    task: tuple[int, Batch]

    def __init__(self) -> None:
        spawn = get_context("spawn")
        self.connection, other_end = spawn.Pipe()
        self.is_busy = False
        self._process = spawn.Process(target=serve, args=(other_end,), daemon=True)
        with environment(THREAD_LIMITS), _interrupt_held_back():
            self._process.start()
        other_end.close()  # or this process would not notice the other's death

    def instruct(self, errand: memoryview) -> None:
        """Wait until the process has begun, and send it function and data.

        Raises:
            Hw1Error: it is dead.
        """
        try:
            self.connection.recv()
            self.connection.send_bytes(errand)
        except (EOFError, OSError) as error:
            raise Hw1Error(f"a worker process does not start: {self.cause_of_death()}") from error

    def give(self, place: int, batch: Batch) -> None:
        """Have it evaluate a batch."""
        words = ForkingPickler.dumps(batch)
        self.task, self.is_busy = (place, batch), True
        with suppress(OSError):  # it is dead, as will be seen when its result is taken
            self.connection.send_bytes(words)

    def take(self) -> list[Outcome] | Raised | None:
        """What came of the batch; waits for it. None: the process is dead."""
        self.is_busy = False
        try:
            result: list[Outcome] | Raised = self.connection.recv()
        except (EOFError, OSError):
            self._process.join(1)  # its end of the pipe closes a moment before it has ended
            self.kill()
            return None
        return result

    def is_dead(self) -> bool:
        """Whether it is dead; of one that is not busy, which says nothing but its end."""
        return self.connection.closed or self.connection.poll()

    def cause_of_death(self) -> str:
        """How it ended, in words."""
        self._process.join()
        code = self._process.exitcode or 0
        if code >= 0:
            return f"it ended with exit status {code}"
        with suppress(ValueError):
            return f"it was killed by {signal.Signals(-code).name}"
        return f"it was killed by signal {-code}"

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def start_processes(errand: memoryview, count: int) -> list[WorkerProcess[Any]]:
    """Start processes side by side.

    Args:
        errand: the pickled pair of function and data.
        count: how many.

    Returns:
        Processes that have function and data, and import what they need for them.

    Raises:
        Hw1Error: one died at once, and so did those in its place.
    """
    processes: list[WorkerProcess[Any]] = []
    try:
        for _ in range(count):
            processes.append(WorkerProcess())
        for place in range(count):
            _instruct(processes, place, errand)
    except BaseException:
        for process in processes:
            process.kill()
        raise
    return processes


def _instruct(processes: list[WorkerProcess[Any]], place: int, errand: memoryview) -> None:
    """Give a process function and data; if it dies before, put another in its place."""
    for _ in range(MOST_DEATHS - 1):
        try:
            processes[place].instruct(errand)
        except Hw1Error:
            processes[place].kill()
            processes[place] = WorkerProcess()
        else:
            return
    processes[place].instruct(errand)


def serve(connection: Connection) -> None:
    """The other end: evaluate what comes through the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    connection.send(HERE)
    function, data = _errand(connection)
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)  # of libraries that do not look at the environment
    with suppress(EOFError, OSError):
        while True:
            _answer(connection, function, data)


def _errand(connection: Connection) -> tuple[Evaluate[Any, Any], Any]:
    """Function and data; without them, a function that tells every batch why."""
    try:
        function, data = connection.recv()
    except EOFError:
        raise SystemExit(1) from None
    except Exception as error:  # whatever the import of a foreign module raises
        told = Hw1Error(f"a worker cannot load what it is to do: {type(error).__name__}: {error}")

        def function(*_: object) -> NoReturn:
            raise told

        return function, None
    return function, data


def _answer(connection: Connection, function: Evaluate[Any, Any], data: object) -> None:
    words = connection.recv_bytes()
    result = attempt(lambda data, words: function(data, ForkingPickler.loads(words)), data, words)
    try:
        answer = ForkingPickler.dumps(result)
    except Exception as error:  # outcomes that cannot travel
        answer = ForkingPickler.dumps(Raised(portable(error)))
    connection.send_bytes(answer)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # in the middle of whatever it computes


@contextmanager
def _interrupt_held_back() -> Iterator[None]:
    """Let a process start deaf to Ctrl-C; this one hears it a moment later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
