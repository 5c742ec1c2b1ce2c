"""Batches are evaluated by Ray, on this machine or on a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self

from hw1.core.errors import Hw1Error
from hw1.sweep.trial import Outcome
from hw1.sweep.workers.base import (
    Batch,
    Data,
    Deaths,
    Evaluate,
    Raised,
    Workers,
    attempt,
    batch_name,
)
from hw1.sweep.workers.ray_session import RaySession

if TYPE_CHECKING:
    import ray


def ray_workers(
    function: Evaluate[Data, Batch], data: Data, address: str | None = None
) -> Workers[Batch]:
    """Workers that Ray places.

    Args:
        function: evaluates a batch; at the top level of a module that can be imported.
        data: what it evaluates every batch on; every machine gets a copy once, which its workers
            share: arrays in it cannot be written to.
        address: `HOST:PORT` or `auto` joins a running cluster, whose machines get this project's
            code as it is here; None starts Ray on this machine, heard by no other.

    Returns:
        Workers; their context joins or starts Ray.
    """
    return RayWorkers(function, data, address)


class RayWorkers(Generic[Data, Batch]):
    """One Ray task for every batch; Ray decides where and when.

    Ray itself repeats no task: it would repeat one that always runs out of memory for ever.
    """

    def __init__(
        self, function: Evaluate[Data, Batch], data: Data, address: str | None = None
    ) -> None:
        self._function = function
        self._data = data
        self._session = RaySession(address)
        self._shared: ray.ObjectRef[Data] | None = None
        self._task: Any = None

    def __enter__(self) -> Self:
        """Join or start Ray, and share the data.

        Raises:
            Hw1Error: Ray is not installed, does not answer or is another version.
        """
        self._session.open()
        try:
            import ray

            self._shared = ray.put(self._data)
            self._task = ray.remote(num_cpus=1, max_retries=0)(attempt)
        except BaseException:
            self._session.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the Ray of this machine, or leave the cluster."""
        self._shared = self._task = None
        self._session.close()

    def evaluate(self, batches: Sequence[Batch]) -> Iterator[tuple[int, list[Outcome]]]:
        """See `Workers.evaluate`."""
        import ray

        deaths = Deaths()
        pending = {self._submit(batch): place for place, batch in enumerate(batches)}
        try:
            while pending:
                for reference in ray.wait(list(pending))[0]:
                    place = pending.pop(reference)
                    batch = batches[place]
                    result = _result(reference, place, batch)
                    if isinstance(result, Raised):
                        raise result.error
                    if isinstance(result, str):
                        deaths.count(place, batch, result)
                        pending[self._submit(batch)] = place
                    else:
                        yield place, result
        finally:
            if self._task is not None:  # after the context there is nothing left to cancel
                for reference in pending:
                    ray.cancel(reference, force=True)

    def _submit(self, batch: Batch) -> ray.ObjectRef[list[Outcome] | Raised]:
        reference: ray.ObjectRef[list[Outcome] | Raised]
        reference = self._task.remote(self._function, self._shared, batch)
        return reference


def _result(
    reference: ray.ObjectRef[list[Outcome] | Raised], place: int, batch: object
) -> list[Outcome] | Raised | str:
    """What came of a batch, or of what its worker died.

    Raises:
        Hw1Error: Ray cannot evaluate the batch, and would not if it tried again.
    """
    import ray
    from ray import exceptions

    found: list[Outcome] | Raised
    try:
        found = ray.get(reference)
    except (
        exceptions.WorkerCrashedError,
        exceptions.NodeDiedError,
        exceptions.OutOfMemoryError,
        exceptions.ObjectLostError,  # the result was on a machine that is gone
    ) as error:
        return str(error).partition("\n")[0]
    except exceptions.RayError as error:
        raise Hw1Error(f"Ray cannot evaluate {batch_name(place, batch)}: {error}") from error
    return found
