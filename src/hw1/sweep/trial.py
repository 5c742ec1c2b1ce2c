"""What a search tries, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hw1.params.features import FeaturesParams
from hw1.params.train import TrainParams

State = Literal["complete", "pruned", "diverged", "failed"]


@dataclass(frozen=True)
class Trial:
    """One variant to try.

    Attributes:
        number: from 0, in the order of the search.
        overrides: values of the space's parameters by dotted key, such as `train.dropout`.
        features: section `features:` with these values.
        train: section `train:` with these values; `seeds` is that of the sweep.
    """

    number: int
    overrides: Mapping[str, Any]
    features: FeaturesParams
    train: TrainParams


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    Errors are mean squared errors over the held-out rows of all folds, squared percentage points.

    Attributes:
        number: the trial's.
        state: complete; pruned: stopped early, as others had learnt more by then; diverged:
            its numbers were not finite any more; failed: it could not be fitted.
        members_mse: mean over seeds of each single member's error; of a pruned trial, as it was
            when it was stopped; None without any.
        ensemble_mse: error of the mean of the members' predictions; of a complete trial only.
        curve: mean over seeds of the error after every epoch, a member that has stopped early
            counting with the weights it keeps; empty for models that are not fitted in epochs.
        by_state: weighted sum of squared errors of every state (of the single members, their
            mean), shape [states]; empty unless complete.
        ensemble_by_state: the same of the ensemble.
        seconds: the trial's share of its batch's time.
        reason: why it diverged or failed; None otherwise.
    """

    number: int
    state: State
    members_mse: float | None = None
    ensemble_mse: float | None = None
    curve: tuple[float, ...] = ()
    by_state: tuple[float, ...] = field(default=(), repr=False)
    ensemble_by_state: tuple[float, ...] = field(default=(), repr=False)
    seconds: float = 0.0
    reason: str | None = None

    def value(self, objective: str) -> float | None:
        """The error that the search looks at; None for a trial that is not complete.

        Args:
            objective: "members" or "ensemble".
        """
        if self.state != "complete":
            return None
        return self.members_mse if objective == "members" else self.ensemble_mse

    def state_sums(self, objective: str) -> tuple[float, ...]:
        """The sums of squared errors by state that belong to `value`, shape [states]."""
        return self.by_state if objective == "members" else self.ensemble_by_state
