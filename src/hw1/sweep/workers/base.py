"""What all workers have in common."""

from __future__ import annotations

import os
import reprlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, Self, TypeAlias, TypeVar

from hw1.core.errors import Hw1Error
from hw1.sweep.trial import Outcome

Data = TypeVar("Data")
Batch = TypeVar("Batch")
Batch_contra = TypeVar("Batch_contra", contravariant=True)

Evaluate: TypeAlias = Callable[[Data, Batch], list[Outcome]]

MOST_DEATHS = 3
THREADED = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
# one worker a processor; libraries read these when they are imported
THREAD_LIMITS = dict.fromkeys(THREADED, "1")


class Workers(Protocol, Generic[Batch_contra]):
    """Workers that are there from entering the context until it is left.

    A worker that dies does not lose the search: its batch is evaluated again by another.
    """

    def __enter__(self) -> Self:
        """Start the workers and give each the data."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the workers at once, whatever they compute."""

    def evaluate(self, batches: Sequence[Batch_contra]) -> Iterator[tuple[int, list[Outcome]]]:
        """Evaluate batches; may be called again with others.

        What is not finished when the iterator is closed is given up.

        Args:
            batches: each is evaluated in one go by one worker.

        Yields:
            Every batch's place in `batches` and its outcomes, once, as they are finished.

        Raises:
            Hw1Error: a batch's evaluation has ended with its worker's death too often, or was
                ended by this error.
            Exception: what the evaluation raised; a note to it is the worker's traceback.
        """


class Deaths:
    """How often the evaluation of which batch has ended with its worker's death."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def count(self, place: int, batch: object, cause: str) -> None:
        """Count one.

        Args:
            place: the batch's.
            batch: named in the error.
            cause: how this worker died.

        Raises:
            Hw1Error: the batch has had as many workers as it may.
        """
        self._counts[place] += 1
        if self._counts[place] >= MOST_DEATHS:
            raise Hw1Error(
                f"{batch_name(place, batch)} ended its worker {MOST_DEATHS} times ({cause}); "
                "if memory is short, use fewer workers"
            )


@dataclass(frozen=True)
class Raised:
    """The error that ended a batch's evaluation, on its way from a worker."""

    error: Exception


def batch_name(place: int, batch: object) -> str:
    """A batch as messages name it."""
    short = reprlib.Repr()
    short.maxother = short.maxstring = 120
    return f"batch {place} ({short.repr(batch)})"


def attempt(function: Evaluate[Data, Batch], data: Data, batch: Batch) -> list[Outcome] | Raised:
    """Evaluate a batch in a worker; an error is returned in a form that can travel."""
    try:
        return function(data, batch)
    except Exception as error:
        return Raised(portable(error))


def portable(error: Exception) -> Exception:
    """An error that can be sent to another process, with its traceback as a note.

    An `Hw1Error` says all in its message and gets no note. An error that does not survive the
    journey becomes a `RuntimeError` with its name and message.
    """
    if not isinstance(error, Hw1Error):
        error.add_note("In the worker:\n" + "".join(traceback.format_exception(error)).rstrip())
    try:
        ForkingPickler.loads(ForkingPickler.dumps(error))
    except Exception:  # whatever a foreign class's constructor raises
        kind = Hw1Error if isinstance(error, Hw1Error) else RuntimeError
        replacement = kind(f"{type(error).__name__}: {error}")
        replacement.__notes__ = getattr(error, "__notes__", [])
        return replacement
    return error


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for the processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def usable_processors() -> int:
    """How many processors this process may use: its affinity, and its container's quota."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    return max(1, min(count, _quota() or count))


def _quota(path: Path = Path("/sys/fs/cgroup/cpu.max")) -> int | None:
    """Processors the container may use, of its quota rounded up; None without one."""
    try:
        quota, period = path.read_text(encoding="ascii").split()
        return ceil(int(quota) / int(period))
    except (OSError, ValueError):  # no container, another system, or `max`
        return None
