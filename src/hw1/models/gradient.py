"""Models fitted by gradient descent: `linear` and `mlp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hw1.engine.architecture import NORM_EPSILON, Architecture
from hw1.engine.epoch import Epoch
from hw1.engine.losses import LossName
from hw1.engine.members import members_of
from hw1.engine.rows import Rows
from hw1.engine.training import Trained, train
from hw1.fitted.base import Fitted
from hw1.fitted.linear import LinearFitted
from hw1.fitted.network import NetworkFitted, Normalisation
from hw1.models.design import Part
from hw1.models.problem import Problem
from hw1.params.train import TrainParams


def fit_by_gradient(
    problem: Problem,
    kept_epochs: Sequence[int] | None,
    on_epoch: Callable[[Epoch], None] | None,
) -> tuple[Fitted, list[int]]:
    """Fit one member for every seed.

    Args:
        problem: features and targets.
        kept_epochs: how long each member trains; None leaves it to the parameters.
        on_epoch: called after every epoch.

    Returns:
        The fitted members, and the epoch (from 1) whose weights each of them has.

    Raises:
        DivergedError: training diverges.
    """
    params, design = problem.params, problem.design
    architecture = architecture_of(params, problem.x.shape[1], problem.outputs)
    trained = train(
        architecture,
        params,
        members_of(params),
        rows_of(problem, design.train),
        validation=None if design.validation is None else rows_of(problem, design.validation),
        kept_epochs=kept_epochs,
        on_epoch=on_epoch,
        place=f"fold {design.fold}",
    )
    return to_fitted(architecture, trained), trained.kept_epochs


def architecture_of(params: TrainParams, features: int, outputs: int = 1) -> Architecture:
    """The network that the parameters describe; `linear` is one without hidden layers.

    With the task `classification` the latter is logistic regression.
    """
    loss: LossName = "cross_entropy" if params.task == "classification" else "squared"
    if params.model == "linear":
        return Architecture(features, (), outputs=outputs, loss=loss)
    return Architecture(
        features=features,
        hidden=tuple(params.hidden),
        activation=params.activation,
        dropout=params.dropout,
        batch_norm=params.batch_norm,
        linear_skip=params.linear_skip,
        outputs=outputs,
        loss=loss,
    )


def to_fitted(architecture: Architecture, trained: Trained) -> LinearFitted | NetworkFitted:
    """Trained networks as they predict."""
    parameters, statistics = trained.parameters.views, trained.statistics.views
    if not architecture.hidden:
        coefficients, intercepts = parameters["weight_0"], parameters["bias_0"][:, 0]
        if architecture.outputs == 1:
            return LinearFitted(coefficients[:, :, 0], intercepts[:, 0])
        return LinearFitted(coefficients, intercepts)
    layers, members = range(len(architecture.hidden) + 1), trained.parameters.members
    return NetworkFitted(
        activation=architecture.activation,
        weights=tuple(parameters[f"weight_{layer}"] for layer in layers),
        # a normalised layer has no bias but its shift
        biases=tuple(
            parameters.get(f"bias_{layer}", np.zeros((members, 1, width)))
            for layer, width in enumerate(architecture.widths[1:])
        ),
        normalisations=tuple(
            Normalisation(
                mean=statistics[f"mean_{layer}"],
                deviation=np.sqrt(statistics[f"variance_{layer}"] + NORM_EPSILON),
                gain=parameters[f"gain_{layer}"],
                shift=parameters[f"shift_{layer}"],
            )
            for layer in layers[:-1]
            if architecture.batch_norm
        ),
        skip=parameters.get("skip"),
    )


def rows_of(problem: Problem, part: Part) -> Rows:
    """Training or validation rows as a stack learns from them or is judged by them."""
    return Rows(part.x, problem.targets_of(part), lambda outputs: problem.errors(outputs, part))
