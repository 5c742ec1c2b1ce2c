"""What to try next: a grid's points in order, or Optuna's suggestions."""

from __future__ import annotations

import itertools
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hw1.core.errors import ParamsError
from hw1.params.sweep import SweepParams
from hw1.sweep.space import Space
from hw1.sweep.stored import StoredTrials, suggested
from hw1.sweep.trial import Outcome

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

STARTUP = 10  # finished trials before which the model of them says nothing
LARGEST_GRID = 1_000_000


class Suggester(ABC):
    """Says what a trial is to be, knowing those before it."""

    @property
    def size(self) -> int | None:
        """How many different trials there are; None where they are not counted."""
        return None

    @abstractmethod
    def suggest(self, number: int, attempt: int) -> dict[str, Any]:
        """Values by key for a trial.

        Args:
            number: the trial's.
            attempt: from 0; how many suggestions for this trial were turned down.
        """

    def under_way(self, number: int, overrides: Mapping[str, Any]) -> None:  # noqa: B027
        """Take note of a trial whose result is not known yet."""

    def learn(self, outcome: Outcome) -> None:  # noqa: B027
        """Take note of the result of a trial that was under way."""


class Grid(Suggester):
    """All combinations in order.

    Attributes:
        points: how many there are, if it is no more than `LARGEST_GRID`.
    """

    def __init__(self, space: Space, most: int | None) -> None:
        self._points = list(itertools.islice(space.grid(), LARGEST_GRID + 1))
        self.points = len(self._points)
        if most is not None:
            self._points = self._points[:most]
        if len(self._points) > LARGEST_GRID:
            raise ParamsError(
                f"the grid has more than {LARGEST_GRID:,} points; set `sweep.trials`, or search "
                "less of it"
            )

    @property
    def size(self) -> int | None:
        """How many points the grid has, or as many as are wanted."""
        return len(self._points)

    def suggest(self, number: int, attempt: int) -> dict[str, Any]:  # noqa: ARG002
        """The point of this number."""
        return self._points[number]


class Sampled(Suggester):
    """Optuna's sampler on a study in memory that holds what the sampler is to know.

    Every suggestion comes from a sampler of its own, which is seeded by the number of the trial, so
    that it depends on nothing but the trials that it knows: a search that is continued suggests
    what one would that was never interrupted.
    """

    def __init__(self, space: Space, sweep: SweepParams) -> None:
        from optuna.storages import InMemoryStorage
        from optuna.study import StudyDirection

        self._space, self._sweep = space, sweep
        self._storage = InMemoryStorage()
        study = self._storage.create_new_study([StudyDirection.MINIMIZE], study_name="memory")
        self._trials = StoredTrials(self._storage, study, space.parameters, sweep.objective)
        self._ids: dict[int, int] = {}

    def suggest(self, number: int, attempt: int) -> dict[str, Any]:
        """Ask the sampler, through a trial that is thrown away."""
        import optuna

        with quiet():
            sampler = self._sampler(number, attempt)
            study = optuna.load_study(study_name="memory", storage=self._storage, sampler=sampler)
            asked = study.ask()
            overrides = self._space.choose(lambda parameter: suggested(asked, parameter))
            study.tell(asked, state=optuna.trial.TrialState.FAIL)  # no sampler looks at those
        return overrides

    def under_way(self, number: int, overrides: Mapping[str, Any]) -> None:
        """Let the sampler keep away from what is being tried."""
        self._ids[number] = self._trials.create(overrides)

    def learn(self, outcome: Outcome) -> None:
        """Let the sampler know a result."""
        self._trials.finish(self._ids.pop(outcome.number), outcome, whole=False)

    def _sampler(self, number: int, attempt: int) -> BaseSampler:
        import numpy as np
        from optuna.samplers import RandomSampler, TPESampler

        entropy = np.random.SeedSequence((self._sweep.seed, number, attempt))
        seed = int(entropy.generate_state(1)[0])
        if self._sweep.sampler == "random":
            return RandomSampler(seed=seed)
        return TPESampler(
            multivariate=True,
            group=True,
            constant_liar=True,
            n_startup_trials=STARTUP,
            seed=seed,
        )


def make_suggester(space: Space, sweep: SweepParams) -> Suggester:
    """What suggests the trials of a search."""
    return Grid(space, sweep.trials) if sweep.sampler == "grid" else Sampled(space, sweep)


@contextmanager
def quiet() -> Iterator[None]:
    """Let Optuna say only what is wrong, as long as the block lasts."""
    import optuna
    from optuna.exceptions import ExperimentalWarning

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)
