"""Batches are evaluated one after the other in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Generic, Self

from hw1.sweep.trial import Outcome
from hw1.sweep.workers.base import Batch, Data, Evaluate


class InlineWorkers(Generic[Data, Batch]):
    """Workers that are this process.

    It computes with one thread, as every worker does: how many there are changes no result.
    """

    def __init__(self, function: Evaluate[Data, Batch], data: Data) -> None:
        self._function = function
        self._data = data

    def __enter__(self) -> Self:
        """Nothing has to be started."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing has to be ended."""

    def evaluate(self, batches: Sequence[Batch]) -> Iterator[tuple[int, list[Outcome]]]:
        """See `Workers.evaluate`; errors are raised as they are."""
        from threadpoolctl import threadpool_limits

        for place, batch in enumerate(batches):
            with threadpool_limits(1):
                outcomes = self._function(self._data, batch)
            yield place, outcomes
