"""Batches are evaluated by processes on this machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from types import TracebackType
from typing import Generic, Self

from hw1.sweep.trial import Outcome
from hw1.sweep.workers.base import Batch, Data, Deaths, Evaluate, Raised, Workers, usable_processors
from hw1.sweep.workers.inline import InlineWorkers
from hw1.sweep.workers.process import WorkerProcess, start_processes


def local_workers(
    function: Evaluate[Data, Batch], data: Data, count: int | None = None
) -> Workers[Batch]:
    """Workers on this machine.

    Args:
        function: evaluates a batch; at the top level of a module that can be imported.
        data: what it evaluates every batch on; each process gets a copy once.
        count: of processes; by default one for every processor this process may use. One is this
            process, which starts no other.

    Returns:
        Workers, which are started when their context is entered.
    """
    count = count or usable_processors()
    if count == 1:
        return InlineWorkers(function, data)
    return LocalWorkers(function, data, count)


class LocalWorkers(Generic[Data, Batch]):
    """A pool of processes, which a process that dies leaves with one fewer only for a moment.

    The standard library's pools break or hang when a process is killed, and do not say which task
    it had.
    """

    def __init__(self, function: Evaluate[Data, Batch], data: Data, count: int) -> None:
        self._function = function
        self._data = data
        self._count = count
        self._errand: memoryview | None = None
        self._processes: list[WorkerProcess[Batch]] = []

    def __enter__(self) -> Self:
        """Start the processes; they import what they need while this one goes on."""
        self._errand = ForkingPickler.dumps((self._function, self._data))
        try:
            self._complete()
        except BaseException:
            self._end(self._processes)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill the processes: they hold nothing that has to be put in order."""
        self._end(self._processes)
        self._errand = None

    def evaluate(self, batches: Sequence[Batch]) -> Iterator[tuple[int, list[Outcome]]]:
        """See `Workers.evaluate`."""
        waiting = deque(enumerate(batches))
        deaths = Deaths()
        try:
            while waiting or self._busy():
                self._hand_out(waiting)
                for process in self._finished():
                    place, batch = process.task
                    result = process.take()
                    if result is None:
                        deaths.count(place, batch, process.cause_of_death())
                        waiting.append((place, batch))  # last: it may have been the others' fault
                    elif isinstance(result, Raised):
                        raise result.error
                    else:
                        yield place, result
        finally:
            self._end(self._busy())  # what they compute is for nobody now

    def _busy(self) -> list[WorkerProcess[Batch]]:
        return [process for process in self._processes if process.is_busy]

    def _finished(self) -> list[WorkerProcess[Batch]]:
        """Busy processes that have a result or are dead, as soon as there are any."""
        ready = wait([process.connection for process in self._busy()])
        return [process for process in self._busy() if process.connection in ready]

    def _hand_out(self, waiting: deque[tuple[int, Batch]]) -> None:
        if waiting:
            self._complete()
        for process in self._processes:
            if waiting and not process.is_busy:
                process.give(*waiting.popleft())

    def _complete(self) -> None:
        """Replace processes that are dead or not there yet."""
        self._end([p for p in self._processes if not p.is_busy and p.is_dead()])
        missing = self._count - len(self._processes)
        if self._errand is None:
            raise RuntimeError("workers evaluate within their context")
        if missing:
            self._processes += start_processes(self._errand, missing)

    def _end(self, processes: Sequence[WorkerProcess[Batch]]) -> None:
        for process in processes:
            process.kill()
        self._processes = [p for p in self._processes if p not in processes]
