"""The rows that networks learn from here, and the two halves of the held-out rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hw1.core.errors import ParamsError
from hw1.engine.architecture import Architecture
from hw1.engine.blocks import Blocks
from hw1.engine.rows import Rows
from hw1.engine.training import Trained
from hw1.fitted.base import Floats
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.models.design import Design, Part
from hw1.models.gradient import architecture_of, rows_of, to_fitted
from hw1.models.problem import Problem, make_problem
from hw1.params.train import TrainParams, require_regression


@dataclass(frozen=True)
class Errors:
    """Mean squared errors of some members in squared percentage points, shape [members] each.

    Attributes:
        train: on the rows they learnt from.
        choosing: on the held-out rows that learning rates are chosen by.
        held_out: on the other held-out rows, which nothing is chosen by.
    """

    train: Floats
    choosing: Floats
    held_out: Floats


@dataclass(frozen=True)
class Ground:
    """What all trainings of the experiment share.

    Attributes:
        params: section `train:` as it is used here; batch size and epochs are put in later.
        problem: the fold with fewer training rows.
        architecture: the networks' shape.
        choosing: held-out rows of every other state.
        held_out: those of the other states.
    """

    params: TrainParams
    problem: Problem
    architecture: Architecture
    choosing: Part
    held_out: Part

    @property
    def rows(self) -> Rows:
        """Training rows."""
        return rows_of(self.problem, self.problem.design.train)

    def errors(self, parameters: Blocks) -> Errors:
        """Errors of trained members; NaN where parameters are not finite.

        Args:
            parameters: numpy, shape [members, ...].
        """
        with np.errstate(over="ignore", invalid="ignore"):
            train, choosing, held_out = (
                self.problem.errors(self.outputs(parameters, part.x), part)
                for part in (self.problem.design.train, self.choosing, self.held_out)
            )
        wrong = ~np.isfinite(parameters.flat).all(axis=1)
        for errors in (train, choosing, held_out):
            errors[wrong | ~np.isfinite(errors)] = np.nan
        return Errors(train, choosing, held_out)

    def outputs(self, parameters: Blocks, x: Floats) -> Floats:
        """Outputs on the fitted scale, shape [members, rows], at double precision.

        Args:
            parameters: numpy, shape [members, ...].
            x: features, shape [rows, features].
        """
        members = parameters.members
        trained = Trained(parameters, Blocks({}, np.empty((members, 0))), [0] * members)
        return to_fitted(self.architecture, trained).predict(x)


def make_ground(params: BatchSizeParams, train: TrainParams, design: Design) -> Ground:
    """Take the rows that batches divide evenly, and part the held-out ones by state.

    Args:
        params: section `batch_size:`.
        train: section `train:` with the overrides of that.
        design: a fold with held-out rows.

    Raises:
        ParamsError: the fold has fewer rows than asked for, or `train` asks for what is not
            compared here.
    """
    if design.validation is None or len(set(design.validation.states)) < 2:
        raise ParamsError(f"fold {design.fold} has no held-out rows of two states")
    require_regression(train, "the lecture on batch size")
    if train.model not in ("linear", "mlp") or train.dropout or train.batch_norm:
        raise ParamsError(
            "`batch_size.train` must name a model `linear` or `mlp` without dropout and batch "
            "norm, whose noise is that of the batches alone"
        )
    available = len(design.train.x)
    if params.rows > available:
        raise ParamsError(
            f"`batch_size.rows` is {params.rows}, but the fold has {available} training rows"
        )
    order = np.random.default_rng(params.seed).permutation(available)
    fewer = replace(design, train=select(design.train, np.sort(order[: params.rows])))
    states = sorted(set(design.validation.states))
    chooses = np.isin(design.validation.states, states[::2])
    used = train.model_copy(update=_settings(params, train))
    return Ground(
        params=used,
        problem=make_problem(used, fewer),
        architecture=architecture_of(used, design.train.x.shape[1]),
        choosing=select(design.validation, chooses),
        held_out=select(design.validation, ~chooses),
    )


def _settings(params: BatchSizeParams, train: TrainParams) -> dict[str, Any]:
    """What is the same in all trainings: gradient descent with momentum, at a constant rate."""
    optimizer = {
        "name": "sgd",
        "learning_rate": params.learning_rate,
        "momentum": params.momentum,
        "nesterov": False,
        "weight_decay": 0.0,
    }
    return {
        "optimizer": train.optimizer.model_copy(update=optimizer),
        "schedule": train.schedule.model_copy(update={"name": "constant", "warmup_epochs": 0}),
        "early_stopping": train.early_stopping.model_copy(update={"patience": None}),
        "device": "cpu",
    }


def select(part: Part, chosen: Any) -> Part:
    """Some rows of a part."""
    return part.at(chosen)
