"""Training the variant and the ladder: networks of one shape side by side in stacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hw1.engine.blocks import Blocks
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import Trained, Training
from hw1.fitted.base import Array, Fitted, Floats
from hw1.lectures.diagnose.ladder import VARIANT, Plan
from hw1.lectures.diagnose.rows import Fold, Holding
from hw1.models.fold import fit_fold
from hw1.models.gradient import architecture_of, rows_of, to_fitted
from hw1.models.problem import Problem, make_problem, target_of
from hw1.params.train import TrainParams


@dataclass(frozen=True)
class Result:
    """A model, trained with several seeds on every fold.

    Attributes:
        plan: which.
        train: loss of every seed on the windows that it learns from, shape [seeds]; NaN of a seed
            that diverges.
        held_out: on held-out rows, shape [seeds].
        squares: every held-out row's squared error, mean over seeds, all folds one after the
            other, shape [rows]; NaN where every seed diverges.
        epochs: mean number of epochs that the members keep; None of models without epochs.
        curve: mean losses on training and held-out rows after every epoch, shape [epochs, 2];
            empty of models without epochs.
    """

    plan: Plan
    train: Floats
    held_out: Floats
    squares: Floats
    epochs: float | None
    curve: Floats

    @property
    def diverged(self) -> float:
        """Share of the seeds whose loss stops being a number."""
        return float(np.mean(~np.isfinite(self.train)))


def measure(
    plans: Sequence[Plan], holding: Holding, seeds: Sequence[int], *, curves: bool = False
) -> list[Result]:
    """Train and judge models.

    Args:
        plans: which; those that differ in penalties only are trained in one stack.
        holding: the rows.
        seeds: of every model.
        curves: whether losses are looked at after every epoch of the variant itself.

    Returns:
        One result a plan, in order.

    Raises:
        ParamsError: features do not fit the survey.
    """
    results: dict[str, Result] = {}
    for group in _groups(plans):
        folds = holding.folds(group[0].variant.features)
        if group[0].variant.by_gradient:
            for result in _Stack(group, folds, seeds, curves=curves).results():
                results[result.plan.name] = result
        else:
            results[group[0].name] = _fit_whole(group[0], folds, seeds)
    return [results[plan.name] for plan in plans]


def _groups(plans: Iterable[Plan]) -> list[list[Plan]]:
    """Plans that can share a stack: equal but for what members may have of their own."""
    groups: dict[str, list[Plan]] = {}
    for plan in plans:
        train = plan.variant.train
        alike = train.model_copy(
            update={
                "dropout": 0.0,
                "optimizer": train.optimizer.model_copy(
                    update={"learning_rate": 1.0, "weight_decay": 0.0}
                ),
            }
        )
        alone = plan.name if plan.name == VARIANT or not plan.variant.by_gradient else ""
        key = f"{alone} {plan.variant.features.model_dump_json()} {alike.model_dump_json()}"
        groups.setdefault(key, []).append(plan)
    return list(groups.values())


@dataclass(frozen=True)
class _Run:
    """One fold's training: errors by epoch, shape [epochs, members]; the curve, [epochs, 2]."""

    errors: Floats
    curve: Floats
    trained: Trained
    diverged: set[int]


class _Stack:
    """Networks of one shape, of several plans and seeds, on every fold."""

    def __init__(
        self, plans: Sequence[Plan], folds: Sequence[Fold], seeds: Sequence[int], *, curves: bool
    ) -> None:
        self._plans, self._folds, self._seeds = plans, folds, seeds
        self._curves = curves and plans[0].name == VARIANT
        self._params = plans[0].variant.train
        self._members = [_member(plan.variant.train, seed) for plan in plans for seed in seeds]
        self._problems = [make_problem(self._params, fold.design) for fold in folds]

    def results(self) -> Iterator[Result]:
        """Train all, then those that stop early once more, up to their epoch."""
        runs = [
            self._train(problem, fold)
            for problem, fold in zip(self._problems, self._folds, strict=True)
        ]
        weights = np.array([fold.validation.weight.sum() for fold in self._folds])
        curve = _mean_curve([run.curve for run in runs], weights)
        for place, plan in enumerate(self._plans):
            own = list(range(place * len(self._seeds), (place + 1) * len(self._seeds)))
            if plan.stopped:
                epochs = _best_epochs([run.errors[:, own] for run in runs], weights)
                yield self._stopped(plan, own, epochs)
            else:
                lost = {own.index(one) for run in runs for one in run.diverged if one in own}
                yield self._judged(plan, [_only(run.trained, own) for run in runs], lost, curve)

    def _train(self, problem: Problem, fold: Fold) -> _Run:
        training = Training(
            architecture_of(self._params, problem.x.shape[1]),
            self._params,
            self._members,
            _training_rows(problem, fold),
            validation=rows_of(problem, fold.validation),
            place=problem.design.fold,
            tolerant=True,
        )
        errors, curve = [], []
        while training.active:
            epoch = training.epoch()
            errors.append(training.errors)
            if self._curves:
                with np.errstate(over="ignore", invalid="ignore"):  # it diverges, which is told
                    curve.append((epoch.train_mse(), epoch.validation_mse))
        points = np.array(curve, dtype=np.float64).reshape(-1, 2)
        return _Run(np.array(errors), points, training.trained(), set(training.diverged))

    def _stopped(self, plan: Plan, members: list[int], epochs: Sequence[int]) -> Result:
        """Train some members for so many epochs a fold."""
        trained, lost = [], set[int]()
        for problem, fold, count in zip(self._problems, self._folds, epochs, strict=True):
            training = Training(
                architecture_of(self._params, problem.x.shape[1]),
                self._params,
                [self._members[member] for member in members],
                _training_rows(problem, fold),
                kept_epochs=[count] * len(members),
                place=problem.design.fold,
                tolerant=True,
            )
            while training.active:
                training.epoch()
            trained.append(training.trained())
            lost |= set(training.diverged)
        return self._judged(plan, trained, lost, np.empty((0, 2)))

    def _judged(
        self, plan: Plan, trained: Sequence[Trained], lost: Collection[int], curve: Floats
    ) -> Result:
        """Losses of trained networks, NaN of the members that are lost."""
        models = [
            to_fitted(architecture_of(self._params, problem.x.shape[1]), one).rescaled(
                problem.deviation, problem.mean
            )
            for problem, one in zip(self._problems, trained, strict=True)
        ]
        epochs = float(np.mean([one.kept_epochs for one in trained]))
        return _judge(plan, models, self._folds, epochs=epochs, curve=curve, lost=lost)


def _member(train: TrainParams, seed: int) -> Member:
    return Member(
        seed=seed,
        learning_rate=train.optimizer.learning_rate,
        weight_decay=train.optimizer.weight_decay,
        dropout=train.dropout,
    )


def _training_rows(problem: Problem, fold: Fold) -> Rows:
    """All training rows, judged on the windows without pairs, which come first."""
    windows, part = len(fold.own.x), problem.design.train

    def errors(outputs: Floats) -> Floats:
        return problem.errors(outputs[:, :windows], fold.own)

    return Rows(part.x, problem.targets_of(part), errors)


def _best_epochs(errors: Sequence[Floats], weights: Floats) -> list[int]:
    """For every fold the epoch with the lowest error on the other folds; its own if it is alone.

    Args:
        errors: of every fold, shape [epochs, members].
        weights: of the folds.
    """
    means = np.array([np.nan_to_num(np.mean(one, axis=1), nan=np.inf) for one in errors])
    chosen = []
    for fold in range(len(means)):
        others = np.arange(len(means)) != fold if len(means) > 1 else np.array([True])
        curve = np.average(means[others], axis=0, weights=weights[others])
        chosen.append(int(np.argmin(curve)) + 1)
    return chosen


def _mean_curve(curves: Sequence[Floats], weights: Floats) -> Floats:
    """Mean over folds; of folds that stop at different epochs as far as all go."""
    shortest = min(len(curve) for curve in curves)
    return np.average([curve[:shortest] for curve in curves], axis=0, weights=weights)


def _fit_whole(plan: Plan, folds: Sequence[Fold], seeds: Sequence[int]) -> Result:
    """A model that is no single network: one fit a seed, or one where chance plays no part."""
    train = plan.variant.train
    results = []
    for seed in seeds if train.random else seeds[:1]:
        params = train.model_copy(update={"seed": seed, "seeds": 1})
        models = [fit_fold(params, fold.design).fitted for fold in folds]
        results.append(_judge(plan, models, folds))
    return Result(
        plan=plan,
        train=np.concatenate([result.train for result in results]),
        held_out=np.concatenate([result.held_out for result in results]),
        squares=np.mean([result.squares for result in results], axis=0),
        epochs=None,
        curve=np.empty((0, 2)),
    )


def _judge(
    plan: Plan,
    models: Sequence[Fitted],
    folds: Sequence[Fold],
    *,
    epochs: float | None = None,
    curve: Floats | None = None,
    lost: Collection[int] = (),
) -> Result:
    """Losses of models, one a fold, whose outputs are on the target's scale.

    Members that are lost have diverged; what they keep is from before.
    """
    scale = target_of(plan.variant.train)
    train: list[Floats] = []
    held_out: list[Floats] = []
    squares = []
    for model, fold in zip(models, folds, strict=True):
        for part, losses in ((fold.own, train), (fold.validation, held_out)):
            with np.errstate(over="ignore", invalid="ignore"):
                outputs = model.predict(part.x)
            # decoding would cut infinities to 0 and 100 percent
            sound = np.asarray(np.isfinite(outputs).all(axis=1))
            sound[list(lost)] = False
            predicted = scale.decode(outputs, part.known)
            losses.append(np.where(sound, part.errors(predicted), np.nan))
        squares.append(_mean_of_sound((predicted - part.target) ** 2, sound))
    rows = [len(fold.own.x) for fold in folds]
    weights = [fold.validation.weight.sum() for fold in folds]
    return Result(
        plan=plan,
        train=np.average(train, axis=0, weights=rows),
        held_out=np.average(held_out, axis=0, weights=weights),
        squares=np.concatenate(squares),
        epochs=epochs,
        curve=np.empty((0, 2)) if curve is None else curve,
    )


def _mean_of_sound(values: Floats, sound: Array) -> Floats:
    if not sound.any():
        return np.full(values.shape[1], np.nan)
    return np.asarray(values[sound].mean(axis=0))


def _only(trained: Trained, members: list[int]) -> Trained:
    """Some of the trained members."""

    def rows(blocks: Blocks) -> Blocks:
        return Blocks(blocks.shapes, blocks.flat[members])

    kept = [trained.kept_epochs[member] for member in members]
    return Trained(rows(trained.parameters), rows(trained.statistics), kept)
