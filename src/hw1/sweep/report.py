"""All that there is to say about a search, for those who show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.params.sweep import Objective
from hw1.sweep.optimism import OverSearch, over_search
from hw1.sweep.table import Result, ranked
from hw1.sweep.trial import State

if TYPE_CHECKING:
    from optuna import Study

BEST_SHOWN = 10


@dataclass(frozen=True)
class SweepReport:
    """A search and what came of it. Errors are in squared percentage points.

    Attributes:
        name: the search's, unique in the project.
        edition: the data it was made on.
        settings: what was asked for: section `sweep:` under `sweep` (space, sampler, trials,
            seeds, objective, pruning, ...) and the parameters that all trials share under `base`.
        results: every trial that was told, with what came of it.
        objective: which error trials are judged by.
        weights: sum of the held-out rows' weights of every state, [states].
        over_search: what the best error owes to the search; None where it cannot be told.
        unseen: errors by a split that the search has not seen, by name: `winner` and `base` (the
            parameters that the search began from); None where there are none.
        seconds: that the search took.
        ended: when its last trial was told, in milliseconds since 1970.
        study: gives Optuna's study, in which parameters are called by their dotted keys; None
            where there is none at hand.
        apply_options: what the command that makes a trial an experiment needs beside its number.
        shown: how many of the best trials have a run of their own and a curve in the picture.
    """

    name: str
    edition: str
    settings: Mapping[str, Any]
    results: Sequence[Result]
    objective: Objective
    weights: Sequence[float]
    over_search: OverSearch | None
    unseen: Mapping[str, float] | None
    seconds: float
    ended: int
    study: Callable[[], Study] | None = field(default=None, compare=False, repr=False)
    apply_options: str = ""
    shown: int = BEST_SHOWN

    @property
    def best(self) -> list[Result]:
        """The best complete trials, the least error first, no more than `shown`."""
        return ranked(self.results, self.objective)[: self.shown]

    @property
    def trials_a_minute(self) -> float | None:
        """Throughput; None for a search that took no time."""
        return 60 * len(self.results) / self.seconds if self.seconds > 0 else None

    def command(self, trial: int) -> str:
        """What makes a trial a DVC experiment."""
        return f"hw1 apply {trial}{self.apply_options}"

    def count(self, state: State) -> int:
        """Number of trials that ended so."""
        return sum(outcome.state == state for _, outcome in self.results)


def over_search_of(
    results: Sequence[Result], objective: Objective, weights: Sequence[float]
) -> OverSearch | None:
    """What the best trial's error owes to the search.

    Args:
        results: every trial with what came of it.
        objective: which error trials are judged by.
        weights: sum of the rows' weights of every state, [states].

    Returns:
        The estimate over the complete trials; None where there is nothing to estimate it from.
    """
    complete = [outcome for _, outcome in ranked(results, objective)]
    sums = [each.state_sums(objective) for each in complete]
    if not sums or not all(sums):
        return None
    return over_search(np.array(sums, dtype=np.float64), np.array(weights, dtype=np.float64))
