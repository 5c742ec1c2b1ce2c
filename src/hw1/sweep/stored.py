"""Trials as Optuna stores them: values by key, and what came of them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hw1.core.errors import Hw1Error
from hw1.params.sweep import Objective
from hw1.sweep.domain import Choices, Parameter, as_text
from hw1.sweep.trial import Outcome

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial
    from optuna.trial import Trial as OptunaTrial

OUTCOME = "outcome"
SAME_AS = "same_as"
SECONDS = "seconds"
TOTALS = "totals"


@dataclass(eq=False)
class StoredTrials:
    """The trials of one study, written through Optuna's storage.

    A trial is created with all of its values in one piece: a killed search leaves it whole or not
    at all.

    Attributes:
        storage: Optuna's, of any kind.
        study: its number of the study.
        parameters: those of the space.
        objective: which error is minimised.
    """

    storage: BaseStorage
    study: int
    parameters: Sequence[Parameter]
    objective: Objective

    @property
    def seconds(self) -> float:
        """How long trials have been run."""
        return float(self.storage.get_study_user_attrs(self.study).get(SECONDS, 0.0))

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self.storage.set_study_user_attr(self.study, SECONDS, seconds)

    @property
    def ended(self) -> int:
        """When the latest trial was finished, in milliseconds since 1970; 0 before the first."""
        times = [trial.datetime_complete for trial in self.all()]
        return max((int(1000 * time.timestamp()) for time in times if time is not None), default=0)

    @property
    def totals(self) -> list[int]:
        """How many trials there were to be, at every start of the search; ascending."""
        return list(self.storage.get_study_user_attrs(self.study).get(TOTALS, []))

    @totals.setter
    def totals(self, totals: list[int]) -> None:
        if totals != self.totals:
            self.storage.set_study_user_attr(self.study, TOTALS, totals)

    def load(self) -> Study:
        """Optuna's study."""
        from optuna import load_study

        name = self.storage.get_study_name_from_id(self.study)
        return load_study(study_name=name, storage=self.storage)

    def create(self, overrides: Mapping[str, Any], same_as: int | None = None) -> int:
        """Store a trial that is under way.

        Args:
            overrides: its values by key.
            same_as: the number of an earlier trial with the same values.

        Returns:
            Optuna's id of it.
        """
        from optuna.trial import TrialState, create_trial

        chosen = [each for each in self.parameters if each.key in overrides]
        trial = create_trial(
            state=TrialState.RUNNING,
            params={each.key: outward(each, overrides[each.key]) for each in chosen},
            distributions={each.key: distribution(each) for each in chosen},
            user_attrs={} if same_as is None else {SAME_AS: same_as},
        )
        return self.storage.create_new_trial(self.study, template_trial=trial)

    def finish(self, trial_id: int, outcome: Outcome, *, whole: bool = True) -> None:
        """Store what came of a trial, its outcome first: from it, the rest can be done again.

        Optuna's sampler takes complete trials for better than pruned ones, and those pruned late
        for better than those pruned early; a pruned one without any value comes last of all. So
        that is what one that diverged or failed becomes. Optuna's own state for failures would hide
        it from the sampler, which would try the same again; an infinite error would rank it before
        all that were pruned.

        Of a pruned trial's curve the sampler looks at the end alone, and every further point would
        be a write of its own; the outcome has all of it.

        Args:
            trial_id: Optuna's id.
            outcome: of the trial.
            whole: also the outcome itself; False: only what the sampler looks at.
        """
        from optuna.trial import TrialState

        if whole:
            self.storage.set_trial_user_attr(trial_id, OUTCOME, asdict(outcome))
        value = outcome.value(self.objective)
        if value is not None and math.isfinite(value):
            self.storage.set_trial_state_values(trial_id, TrialState.COMPLETE, [value])
            return
        last = None
        if outcome.state == "pruned" and outcome.curve and math.isfinite(outcome.curve[-1]):
            last = outcome.curve[-1]
            self.storage.set_trial_intermediate_value(trial_id, len(outcome.curve), last)
        self.storage.set_trial_state_values(
            trial_id, TrialState.PRUNED, None if last is None else [last]
        )

    def all(self) -> list[FrozenTrial]:
        """All trials in the order of their numbers."""
        trials = self.storage.get_all_trials(self.study, deepcopy=False)
        return sorted(trials, key=lambda trial: trial.number)

    def overrides(self, trial: FrozenTrial) -> dict[str, Any]:
        """A stored trial's values by key."""
        return {
            each.key: inward(each, trial.params[each.key])
            for each in self.parameters
            if each.key in trial.params
        }


def outcome_of(trial: FrozenTrial) -> Outcome | None:
    """What came of a stored trial; None while it is under way.

    Raises:
        Hw1Error: another version of the project stored it.
    """
    content = trial.user_attrs.get(OUTCOME)
    if content is None:
        return None
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in content.items()
    }
    try:
        return Outcome(**values)
    except TypeError as problem:
        raise Hw1Error(
            f"trial {trial.number} is of another version of the project ({problem}); choose "
            "another `--name`, or begin anew with `--again`, which throws the trials away"
        ) from None


def distribution(parameter: Parameter) -> BaseDistribution:
    """What Optuna calls a parameter's domain."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    domain = parameter.domain
    if isinstance(domain, Choices):
        return CategoricalDistribution([as_text(value) for value in domain.values])
    if domain.whole:
        return IntDistribution(
            int(domain.low), int(domain.high), log=domain.log, step=int(domain.step or 1)
        )
    return FloatDistribution(domain.low, domain.high, log=domain.log, step=domain.step)


def suggested(asked: OptunaTrial, parameter: Parameter) -> Any:
    """The value of a parameter that Optuna suggests for a trial."""
    domain, name = parameter.domain, parameter.key
    stored: Any
    if isinstance(domain, Choices):
        stored = asked.suggest_categorical(name, [as_text(value) for value in domain.values])
    elif domain.whole:
        low, high, step = int(domain.low), int(domain.high), int(domain.step or 1)
        stored = asked.suggest_int(name, low, high, step=step, log=domain.log)
    else:
        stored = asked.suggest_float(
            name, domain.low, domain.high, step=domain.step, log=domain.log
        )
    return inward(parameter, stored)


def outward(parameter: Parameter, value: Any) -> Any:
    """A value as Optuna stores it: a choice as text, as its choices can be no lists."""
    return as_text(value) if isinstance(parameter.domain, Choices) else value


def inward(parameter: Parameter, stored: Any) -> Any:
    """The value that Optuna has stored or suggests."""
    if isinstance(parameter.domain, Choices):
        return json.loads(stored)
    return parameter.domain.tidy(stored)
