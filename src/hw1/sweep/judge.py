"""A trial's errors over the held-out rows of all folds, from what its members predict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hw1.core.errors import Hw1Error
from hw1.fitted.base import Fitted, Floats
from hw1.models.design import Part
from hw1.models.problem import Problem
from hw1.sweep.trial import Outcome


class Judge:
    """Adds up errors by state, fold by fold.

    Args:
        states: names of the states in alphabetical order.

    Attributes:
        members: weighted sum of squared errors, mean over members, shape [states].
        ensemble: the same of the members' mean prediction.
        weight: sum of the rows' weights, shape [states].
    """

    def __init__(self, states: Sequence[str]) -> None:
        self._states = list(states)
        self.members, self.ensemble, self.weight = (np.zeros(len(states)) for _ in range(3))

    def add(self, problem: Problem, fitted: Fitted) -> None:
        """Count a fold's held-out rows.

        Args:
            problem: the fold's rows and scale.
            fitted: its model, with outputs on the target's scale.

        Raises:
            Hw1Error: a prediction is not finite.
        """
        part = problem.design.validation
        assert part is not None
        outputs = fitted.predict(part.x)
        if not np.isfinite(outputs).all():
            raise Hw1Error(f"fold {problem.design.fold}: predictions are not finite")
        predicted = problem.target.decode(outputs, part.known)
        single = np.square(predicted - part.target).mean(axis=0)
        self.members += self._by_state(single, part)
        self.ensemble += self._by_state(np.square(predicted.mean(axis=0) - part.target), part)
        self.weight += self._by_state(np.ones_like(part.weight), part)

    def _by_state(self, values: Floats, part: Part) -> Floats:
        codes = np.searchsorted(self._states, part.states.astype(str))
        sums = np.bincount(codes, part.weight * values, minlength=len(self._states))
        return np.asarray(sums, dtype=np.float64)

    @property
    def members_mse(self) -> float:
        """Mean over members of each single member's error, squared percentage points."""
        return float(self.members.sum() / self.weight.sum())

    @property
    def ensemble_mse(self) -> float:
        """Error of the members' mean prediction, squared percentage points."""
        return float(self.ensemble.sum() / self.weight.sum())

    def outcome(self, number: int, curve: tuple[float, ...] = ()) -> Outcome:
        """A complete trial's outcome.

        Args:
            number: the trial's.
            curve: its error after every epoch.
        """
        return Outcome(
            number,
            "complete",
            members_mse=self.members_mse,
            ensemble_mse=self.ensemble_mse,
            curve=curve,
            by_state=tuple(self.members.tolist()),
            ensemble_by_state=tuple(self.ensemble.tolist()),
        )
