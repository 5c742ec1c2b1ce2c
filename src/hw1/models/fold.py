"""Fit any model on one fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hw1.core.errors import DivergedError
from hw1.engine.epoch import Epoch
from hw1.fitted.base import Fitted
from hw1.models.blend import fit_blend
from hw1.models.design import Design, Part
from hw1.models.problem import Problem, make_problem
from hw1.models.routes import fit_routes, lacks_features
from hw1.models.single import OnEpoch, fit_single
from hw1.params.train import TrainParams


@dataclass(frozen=True)
class FoldFit:
    """A fitted fold.

    Attributes:
        fitted: the model, with outputs on the target's scale.
        kept_epochs: the epoch (from 1) whose weights each member has; None for models that are
            not fitted in epochs. In a blend, those of every model fitted in epochs, one after the
            other.
        train_mse: of the ensemble on its training rows, squared percentage points;
            of probabilities the Brier score.
        validation_mse: of the ensemble on its validation rows; None without any.
    """

    fitted: Fitted
    kept_epochs: list[int] | None
    train_mse: float
    validation_mse: float | None


def fit_fold(
    params: TrainParams,
    design: Design,
    kept_epochs: Sequence[int] | None = None,
    on_epoch: OnEpoch | None = None,
) -> FoldFit:
    """Fit the model that the parameters name.

    Args:
        params: section `train:`.
        design: the fold's rows.
        kept_epochs: for `linear` and `mlp`, alone or in a blend: how long each member trains, as
            an earlier fit has it; None leaves it to `params`.
        on_epoch: called after every epoch; once for models that are not fitted in epochs. See
            `fit_blend` for which epochs of a blend are reported.

    Raises:
        DivergedError: training diverges.
    """
    problem = make_problem(params, design)
    if lacks_features(design):
        routed, epochs = fit_routes(problem, fit_problem, kept_epochs, on_epoch)
        return _judged(problem, routed, epochs)
    fitted, epochs = fit_problem(problem, kept_epochs, on_epoch)
    return _judged(problem, fitted.rescaled(problem.deviation, problem.mean), epochs)


def fit_problem(
    problem: Problem, kept_epochs: Sequence[int] | None, on_epoch: OnEpoch | None
) -> tuple[Fitted, list[int] | None]:
    """Fit the model on one problem whose rows have every feature.

    Returns:
        The model, with outputs as it fits them, and the epochs that its members have kept.
    """
    fit = fit_blend if problem.params.model == "blend" else fit_single
    fitted, epochs = fit(problem, kept_epochs, on_epoch)
    if on_epoch is not None and not problem.params.by_gradient:
        on_epoch(_only_epoch(problem, fitted))
    return fitted, epochs


def judge_fold(params: TrainParams, design: Design, fit: FoldFit) -> FoldFit:
    """Another fold's fit, judged on this fold's rows; both have the same training rows."""
    return _judged(make_problem(params, design), fit.fitted, fit.kept_epochs)


def _only_epoch(problem: Problem, fitted: Fitted) -> Epoch:
    def error(part: Part) -> float:
        return float(problem.errors(fitted.predict(part.x), part).mean())

    validation = problem.design.validation
    return Epoch(
        number=1,
        step=1,
        learning_rate=None,
        validation_mse=None if validation is None else error(validation),
        train_mse=lambda: error(problem.design.train),
        last=True,
    )


def _judged(problem: Problem, fitted: Fitted, epochs: list[int] | None) -> FoldFit:
    def error(part: Part) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # which is told below
            outputs = fitted.predict(part.x)
        if not np.isfinite(outputs).all():  # decoding would cut infinities to 0 and 100 percent
            raise _diverged(problem, epochs)
        predicted = problem.target.decode(outputs, part.known)
        truth = problem.truth_of(part)
        return float(part.errors(predicted.mean(axis=0, keepdims=True), truth)[0])

    validation = problem.design.validation
    return FoldFit(
        fitted=fitted,
        kept_epochs=epochs,
        train_mse=error(problem.design.train),
        validation_mse=None if validation is None else error(validation),
    )


def _diverged(problem: Problem, epochs: list[int] | None) -> DivergedError:
    """What nothing but the predictions tell: without held-out rows nobody judges the last step."""
    place, params = f"fold {problem.design.fold}", problem.params
    told = f"{place}: `{params.model}` predicts numbers that are not finite"
    if epochs is None:
        return DivergedError(f"{told}. Try a larger penalty, or another model", place=place)
    rate = params.optimizer.learning_rate
    return DivergedError(
        f"{told}, after the last step of epoch {max(epochs)}, with a learning rate of {rate:g}. "
        "Try a smaller `train.optimizer.learning_rate` (a tenth of it)",
        place=place,
        epoch=max(epochs),
        learning_rate=rate,
    )
