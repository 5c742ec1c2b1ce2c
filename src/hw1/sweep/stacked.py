"""Trials whose networks share a shape, trained as one stack, all folds in step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hw1.core.errors import Hw1Error
from hw1.engine.backend import choose_backend, choose_device
from hw1.engine.blocks import Blocks
from hw1.engine.members import Member
from hw1.engine.rows import Rows, batch_sizes
from hw1.engine.training import Trained, Training
from hw1.fitted.base import Floats
from hw1.models.design import Design
from hw1.models.gradient import architecture_of, rows_of, to_fitted
from hw1.models.problem import Problem, make_problem
from hw1.params.sweep import PruningParams
from hw1.sweep.batches import own_epochs
from hw1.sweep.designs import features_key
from hw1.sweep.halving import Pool, goes_on, rungs
from hw1.sweep.judge import Judge
from hw1.sweep.trial import Outcome, Trial


@dataclass(frozen=True)
class Stackable:
    """A trial of networks with its rows.

    Attributes:
        trial: which.
        folds: every fold's rows.
    """

    trial: Trial
    folds: tuple[Design, ...]

    @property
    def shape(self) -> tuple[object, ...]:
        """Rows and features of every fold, and the device: equal for those of one stack."""
        shapes = [fold.train.x.shape for fold in self.folds]
        return (self.device, *shapes)

    @property
    def device(self) -> str:
        """What the pipeline would choose for this trial by itself, however large its stack is."""
        train, (rows, features) = self.trial.train, self.folds[0].train.x.shape
        architecture = architecture_of(train, features)
        batches = batch_sizes(rows, train.batch_size)
        steps = train.epochs * len(batches)
        return choose_device(train.device, architecture, train.seeds, batches[0], steps)

    @property
    def table(self) -> tuple[object, ...]:
        """Equal for trials that learn from the same numbers."""
        train = self.trial.train
        scale = (train.target, train.target_transform, train.target_standardise)
        return (features_key(self.trial.features), *scale)


def evaluate_stack(
    trials: Sequence[Stackable], pruning: PruningParams | None, pool: Pool, states: Sequence[str]
) -> Iterable[Outcome]:
    """Train and judge trials, those of equal shape side by side.

    Args:
        trials: their parameters differ in what members of a stack may have of their own, and in
            features.
        pruning: when trials are stopped early.
        pool: errors of earlier trials at the rungs.
        states: names of the states in alphabetical order.
    """
    groups: dict[object, list[Stackable]] = {}
    for each in trials:
        groups.setdefault(each.shape, []).append(each)
    for group in groups.values():
        stack = _Stack(group, states)
        stack.train(pruning, pool)
        yield from stack.outcomes()


class _Stack:
    """Trials in training.

    Args:
        trials: all of one shape.
        states: names of the states in alphabetical order.
    """

    def __init__(self, trials: Sequence[Stackable], states: Sequence[str]) -> None:
        self._trials, self._states = trials, states
        # of whatever members have in common; the longest, as it plans for all
        self._params = max((each.trial.train for each in trials), key=lambda train: train.epochs)
        self._epochs = [each.trial.train.epochs for each in trials]
        seeds = self._params.seeds
        self._members = [range(place * seeds, (place + 1) * seeds) for place in range(len(trials))]
        tables = {each.table: each for each in trials}
        self._table_of = [list(tables).index(each.table) for each in trials]
        folds = range(len(trials[0].folds))
        self._problems = [
            [make_problem(each.trial.train, each.folds[fold]) for each in tables.values()]
            for fold in folds
        ]
        self._trainings = [self._training(fold) for fold in folds]
        weights = [problems[0].design.validation.weight.sum() for problems in self._problems]  # type: ignore[union-attr]
        self._weights = np.array(weights)
        self._curves: list[list[float]] = [[] for _ in trials]
        self._state: list[str] = ["complete"] * len(trials)
        self._reasons: list[str | None] = [None] * len(trials)

    def _training(self, fold: int) -> Training:
        problems, params = self._problems[fold], self._params
        architecture = architecture_of(params, problems[0].x.shape[1])
        return Training(
            architecture,
            params,
            [member for place in range(len(self._trials)) for member in self._members_of(place)],
            [rows_of(problem, problem.design.train) for problem in problems],
            validation=[_validation(problem) for problem in problems],
            kept_epochs=self._planned_epochs(),
            place=f"fold {problems[0].design.fold}",
            backend=choose_backend(architecture, self._trials[0].device, "single"),
            tolerant=True,
        )

    def _planned_epochs(self) -> list[int] | None:
        """How long each member trains; None where early stopping decides."""
        if not own_epochs(self._params):
            return None
        return [epochs for epochs in self._epochs for _ in range(self._params.seeds)]

    def _members_of(self, place: int) -> list[Member]:
        train = self._trials[place].trial.train
        return [
            Member(
                seed=seed,
                learning_rate=train.optimizer.learning_rate,
                weight_decay=train.optimizer.weight_decay,
                dropout=train.dropout,
                table=self._table_of[place],
            )
            for seed in range(train.seed, train.seed + train.seeds)
        ]

    def train(self, pruning: PruningParams | None, pool: Pool) -> None:
        """Train until every trial has ended."""
        compared = set(rungs(pruning, self._params.epochs))
        epoch = 0
        while any(training.active for training in self._trainings):
            epoch += 1
            learning = self._learning()
            for training in self._trainings:
                if training.active:
                    training.epoch()
            self._drop_diverged()
            errors = np.where(learning, self._errors(), np.nan)
            for place in np.flatnonzero(~np.isnan(errors)):
                self._curves[place].append(float(errors[place]))
            if pruning is not None and epoch in compared:
                errors[~self._learning()] = np.nan  # they have ended, and cost nothing more
                staying = goes_on(errors, pool.get(epoch, ()), pruning.reduction)
                self._stop(np.flatnonzero(~np.isnan(errors) & ~staying).tolist(), "pruned")

    def _learning(self) -> npt.NDArray[np.bool_]:
        """Which trials have a member in training in any fold, shape [trials]."""
        active = set().union(*(training.active for training in self._trainings))
        return np.array([not active.isdisjoint(members) for members in self._members])

    def _errors(self) -> Floats:
        """Every trial's error as it stands, shape [trials]; NaN for those that are out."""
        by_fold = np.array([training.errors for training in self._trainings])
        errors = np.average(by_fold, axis=0, weights=self._weights)
        means = [errors[list(members)].mean() for members in self._members]
        out = [state != "complete" for state in self._state]
        return np.where(out, np.nan, means)

    def _drop_diverged(self) -> None:
        for training in self._trainings:
            for member, reason in training.diverged.items():
                place = member // self._params.seeds
                if self._state[place] == "complete":
                    self._reasons[place] = reason
                    self._stop([place], "diverged")

    def _stop(self, places: Sequence[int], state: str) -> None:
        stopped = [place for place in places if self._state[place] == "complete"]
        members = {member for place in stopped for member in self._members[place]}
        for place in stopped:
            self._state[place] = state
        for training in self._trainings:
            training.let_go(sorted(members.intersection(training.active)))

    def outcomes(self) -> Iterable[Outcome]:
        """What came of every trial."""
        trained = [training.trained() for training in self._trainings]
        for place, each in enumerate(self._trials):
            number, curve = each.trial.number, tuple(self._curves[place])
            if self._state[place] == "complete":
                yield self._judged(place, trained, curve)
            elif self._state[place] == "pruned":
                yield Outcome(number, "pruned", members_mse=curve[-1], curve=curve)
            else:
                yield Outcome(number, "diverged", curve=curve, reason=self._reasons[place])

    def _judged(self, place: int, trained: Sequence[Trained], curve: tuple[float, ...]) -> Outcome:
        each, judge = self._trials[place], Judge(self._states)
        table = self._table_of[place]
        try:
            for problems, one in zip(self._problems, trained, strict=True):
                problem = problems[table]
                architecture = architecture_of(self._params, problem.x.shape[1])
                fitted = to_fitted(architecture, _only(one, self._members[place]))
                judge.add(problem, fitted.rescaled(problem.deviation, problem.mean))
        except Hw1Error as problem_found:
            number = each.trial.number
            return Outcome(number, "diverged", curve=curve, reason=str(problem_found))
        return judge.outcome(each.trial.number, curve)


def _validation(problem: Problem) -> Rows:
    assert problem.design.validation is not None
    return rows_of(problem, problem.design.validation)


def _only(trained: Trained, members: Sequence[int]) -> Trained:
    """Some of the trained members."""
    chosen = list(members)

    def rows(blocks: Blocks) -> Blocks:
        return Blocks(blocks.shapes, blocks.flat[chosen])

    return Trained(
        rows(trained.parameters),
        rows(trained.statistics),
        [trained.kept_epochs[member] for member in chosen],
    )
