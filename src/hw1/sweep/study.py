"""A search: asks for trials generation by generation, and keeps what came of them.

A generation is suggested as a whole, knowing the results of those before it and nothing of its own,
and the next one only when all of it is told. So what is suggested depends on the settings and on
the results, but neither on the order in which they come in nor on where a search was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1.core.errors import Hw1Error, ParamsError
from hw1.params.sweep import SweepParams
from hw1.sweep.domain import as_text
from hw1.sweep.places import DEFAULT_NAME, FOLDER, open_storage
from hw1.sweep.settings import require_same_settings, settings_of, with_searched_keys
from hw1.sweep.space import Space
from hw1.sweep.stored import SAME_AS, StoredTrials, outcome_of
from hw1.sweep.suggest import Grid, Suggester, make_suggester, quiet
from hw1.sweep.trial import Outcome, Trial

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial

SETTINGS = "settings"
ATTEMPTS = 8  # suggestions for a trial before one that was tried already is taken


@dataclass(frozen=True)
class Finished:
    """A trial and what came of it.

    Attributes:
        outcome: what came of it.
        overrides: its values by key.
        trial: the trial; None where its values do not go together.
        same_as: the number of the earlier trial with the same values whose outcome this is, as it
            was not run again; None for one of its own.
    """

    outcome: Outcome
    overrides: Mapping[str, Any]
    trial: Trial | None
    same_as: int | None = None

    @property
    def number(self) -> int:
        """The trial's."""
        return self.outcome.number


@dataclass(eq=False)
class _Known:
    """A trial that is stored."""

    trial_id: int
    overrides: dict[str, Any]
    same_as: int | None
    outcome: Outcome | None


class Search:
    """An open search; see `open_study`.

    Attributes:
        name: of the study.
        space: what is tried; its base holds what the search began from.
        total: how many trials there will be.
    """

    def __init__(self, name: str, trials: StoredTrials, space: Space, sweep: SweepParams) -> None:
        self.name, self.space, self._trials = name, space, trials
        self._at_once = sweep.at_once
        self._suggester: Suggester = make_suggester(space, sweep)
        size = self._suggester.size
        self.total = min(number for number in (sweep.trials, size) if number is not None)
        self._known = [self._read(trial) for trial in trials.all()]
        self._first: dict[str, int] = {}
        for number, known in enumerate(self._known):
            self._first.setdefault(as_text(known.overrides), number)
        self._begun = 0  # trials that the suggester has heard of
        self._learnt = 0  # those whose results it knows

    def next_generation(self) -> list[Trial]:
        """The trials to be run now: all of the current generation that have no result.

        Those that a killed search had under way come again, under their own numbers. What was tried
        before, or cannot be, gets its result at once and is not among them.

        Returns:
            At most `at_once` trials; none at the end of the search.
        """
        while True:
            start = self._learnt
            end = start + self._at_once
            self._begin(end)
            if start >= self._begun:
                return []
            waiting = self._settle(start, min(end, self._begun))
            if waiting:
                return waiting
            if self._begun < end:
                return []
            self._learn(end)

    @property
    def left_out(self) -> int:
        """Points of a grid, the last ones, that there are too few trials for."""
        points = self._suggester.points if isinstance(self._suggester, Grid) else 0
        return max(0, points - self.total)

    def begin(self) -> None:
        """Remember how many trials there are to be this time: the last generation ends there."""
        self._trials.totals = sorted({*self._trials.totals, self.total})

    @property
    def generation(self) -> list[list[Trial]]:
        """All trials of the current generation that are run, those with a result among them.

        A generation that a smaller number of trials had cut short before is in parts: what was
        evaluated together then is not put together with others now.
        """
        start, end = self._learnt, min(self._learnt + self._at_once, self._begun)
        cuts = [total for total in self._trials.totals if start < total < end]
        return [self._run(*bounds) for bounds in pairwise([start, *cuts, end])]

    def _run(self, start: int, end: int) -> list[Trial]:
        known = [(number, self._known[number]) for number in range(start, end)]
        trials = [self._valid(*each) for each in known if each[1].same_as is None]
        return [trial for trial in trials if trial is not None]

    @property
    def earlier(self) -> list[Outcome]:
        """What came of the trials of earlier generations that were run."""
        known = self._known[: self._learnt]
        return [each.outcome for each in known if each.outcome and each.same_as is None]

    @property
    def told(self) -> list[Outcome]:
        """What came of all finished trials, by number."""
        return [known.outcome for known in self._known if known.outcome is not None]

    @property
    def seconds(self) -> float:
        """How long trials have been run, all starts of the search together."""
        return self._trials.seconds

    def add_seconds(self, seconds: float) -> None:
        """Count time in which trials were run."""
        self._trials.seconds = self.seconds + seconds

    @property
    def ended(self) -> int:
        """When the latest trial was finished, in milliseconds since 1970; 0 before the first."""
        return self._trials.ended

    def study(self) -> Study:
        """Optuna's study, for its pictures and importances; for as long as the storage is open."""
        return self._trials.load()

    def tell(self, outcome: Outcome) -> None:
        """Keep what came of a trial; of one that is told already, nothing changes.

        Raises:
            Hw1Error: the search has no such trial.
        """
        if not 0 <= outcome.number < len(self._known):
            raise Hw1Error(f"search `{self.name}` has no trial {outcome.number}")
        known = self._known[outcome.number]
        if known.outcome is None:
            self._trials.finish(known.trial_id, outcome)
            known.outcome = outcome

    def outcomes(self) -> list[Finished]:
        """All finished trials by number."""
        return [
            Finished(known.outcome, known.overrides, self._valid(number, known), known.same_as)
            for number, known in enumerate(self._known)
            if known.outcome is not None
        ]

    def _begin(self, end: int) -> None:
        """Suggest the trials of the current generation that are not stored yet."""
        while self._begun < end:
            number = self._begun
            if number == len(self._known):
                if number >= self.total:
                    return
                self._suggest(number)
            self._suggester.under_way(number, self._known[number].overrides)
            self._begun += 1

    def _suggest(self, number: int) -> None:
        for attempt in range(ATTEMPTS):
            overrides = self._suggester.suggest(number, attempt)
            same_as = self._first.get(as_text(overrides))
            if same_as is None:
                break
        trial_id = self._trials.create(overrides, same_as)
        self._known.append(_Known(trial_id, overrides, same_as, None))
        self._first.setdefault(as_text(overrides), number)

    def _settle(self, start: int, end: int) -> list[Trial]:
        """Give results to those trials of a generation that need no run; return the others."""
        waiting = []
        for number in range(start, end):
            known = self._known[number]
            if known.outcome is not None:
                continue
            if known.same_as is not None:
                earlier = self._known[known.same_as].outcome
                if earlier is not None:
                    self.tell(replace(earlier, number=number, seconds=0.0))
                continue
            try:
                waiting.append(self.space.trial(number, known.overrides))
            except ParamsError as problem:
                self.tell(Outcome(number, "failed", reason=str(problem)))
        return waiting

    def _learn(self, end: int) -> None:
        """Let the suggester know the results of a generation, in the order of its trials."""
        for known in self._known[self._learnt : end]:
            assert known.outcome is not None
            self._suggester.learn(known.outcome)
        self._learnt = end

    def _valid(self, number: int, known: _Known) -> Trial | None:
        try:
            return self.space.trial(number, known.overrides)
        except ParamsError:
            return None

    def _read(self, trial: FrozenTrial) -> _Known:
        outcome = outcome_of(trial)
        if outcome is not None and not trial.state.is_finished():
            self._trials.finish(trial._trial_id, outcome)  # killed in the middle of it
        same_as = trial.user_attrs.get(SAME_AS)
        return _Known(trial._trial_id, self._trials.overrides(trial), same_as, outcome)


@contextmanager
def open_study(
    sweep: SweepParams,
    space: Space,
    settings: Mapping[str, Any],
    *,
    name: str = DEFAULT_NAME,
    storage: str | None = None,
    again: bool = False,
    folder: Path = FOLDER,
) -> Iterator[Search]:
    """Begin a search, or go on with the one of that name.

    Args:
        sweep: what is tried, and how.
        space: made of it.
        settings: what else the results depend on, plain: the edition, the split, the data's digest.
        name: of the search.
        storage: `sqlite:///FILE` or `postgresql://...`; None for a journal in `folder`.
        again: throw away what there is of that name, and begin anew.
        folder: of journals.

    Raises:
        Hw1Error: a search of that name is running, or its storage fails.
        ParamsError: there is one with other settings.
    """
    wanted = settings_of(sweep, space.base, settings)
    with open_storage(name, storage, folder) as opened:
        with quiet():
            study, begun = _study(opened, name, wanted, again=again)
            trials = StoredTrials(opened, study, space.parameters, sweep.objective)
            search = Search(name, trials, space.based_on(begun), sweep)
            search.begin()
        yield search


def _study(
    storage: BaseStorage, name: str, wanted: dict[str, Any], *, again: bool
) -> tuple[int, dict[str, Any]]:
    """The number of the study of a name, and the settings that it was begun with."""
    from optuna.study import StudyDirection

    try:
        study = storage.get_study_id_from_name(name)
    except KeyError:
        study = storage.create_new_study([StudyDirection.MINIMIZE], name)
    else:
        if again:
            storage.delete_study(study)
            return _study(storage, name, wanted, again=False)
    stored = storage.get_study_user_attrs(study).get(SETTINGS)
    if stored is None and storage.get_n_trials(study) > 0:
        raise ParamsError(f"the study `{name}` is none of `hw1 sweep`; choose another `--name`")
    if stored is None:  # it is new, or its search was killed before it had any trial
        storage.set_study_user_attr(study, SETTINGS, wanted)
        return study, wanted
    wanted = with_searched_keys(wanted, stored)
    require_same_settings(name, stored, wanted)
    return study, wanted
