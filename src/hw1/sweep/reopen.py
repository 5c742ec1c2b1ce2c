"""A search that was made before, for those who want its trials."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hw1.core.errors import Hw1Error
from hw1.params.ingest import IngestParams
from hw1.params.sweep import Objective
from hw1.sweep.table import Result, ranked
from hw1.sweep.trial import Outcome, Trial


@dataclass(frozen=True)
class FoundSearch:
    """A stored search.

    Attributes:
        name: its name.
        ingest: section `ingest:` that it was made with.
        objective: which error trials are judged by.
        results: finished trials with what came of them.
    """

    name: str
    ingest: IngestParams
    objective: Objective
    results: list[Result]

    def best(self) -> Result:
        """The winner.

        Raises:
            Hw1Error: no trial is complete.
        """
        found = ranked(self.results, self.objective)
        if not found:
            raise Hw1Error(f"search `{self.name}` has no complete trial yet")
        return found[0]

    def trial(self, number: int) -> tuple[Trial, Outcome]:
        """One trial.

        Raises:
            Hw1Error: there is none of that number, or it is not finished.
        """
        for trial, outcome in self.results:
            if trial.number == number:
                return trial, outcome
        numbers = [trial.number for trial, _ in self.results]
        told = f"{min(numbers)} to {max(numbers)}" if numbers else "none"
        raise Hw1Error(
            f"search `{self.name}` has no finished trial {number}; finished are {told}"
        )


@contextmanager
def reopen(name: str, storage: str | None) -> Iterator[FoundSearch]:
    """Open a stored search to read it.

    Raises:
        Hw1Error: there is none of that name.
    """
    raise NotImplementedError
    yield
