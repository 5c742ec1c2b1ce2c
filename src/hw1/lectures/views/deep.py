"""Layers of ReLUs upon each other, trained by the project's engine."""

from __future__ import annotations

from hw1.engine.architecture import Architecture
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import train
from hw1.fitted.base import Floats
from hw1.fitted.network import NetworkFitted
from hw1.lectures.views.params import NetworkParams
from hw1.params.train import EarlyStoppingParams, OptimizerParams, ScheduleParams, TrainParams


def fit_layers(
    x: Floats, y: Floats, layers: int, width: int, params: NetworkParams
) -> NetworkFitted:
    """Train one network for every seed, side by side.

    Args:
        x: shape [rows, past days].
        y: shape [rows].
        layers: number of hidden layers.
        width: ReLUs in each.
        params: epochs, batch size, learning rate and number of seeds.
    """
    architecture = Architecture(x.shape[1], (width,) * layers)
    rows = Rows(x, y, lambda outputs: ((outputs - y) ** 2).mean(axis=1))
    members = [Member(seed) for seed in range(params.seeds)]
    weights = train(architecture, _adam(params), members, rows).parameters.views
    return NetworkFitted(
        architecture.activation,
        weights=tuple(weights[f"weight_{layer}"] for layer in range(layers + 1)),
        biases=tuple(weights[f"bias_{layer}"] for layer in range(layers + 1)),
    )


def _adam(params: NetworkParams) -> TrainParams:
    """What the engine looks at; the rest of the section is of no account to it."""
    optimizer = OptimizerParams(
        name="adam",
        learning_rate=params.learning_rate,
        momentum=0.0,
        nesterov=False,
        weight_decay=0.0,
    )
    return TrainParams.model_construct(
        device="cpu",
        epochs=params.epochs,
        batch_size=params.batch_size,
        optimizer=optimizer,
        l2_loss=0.0,
        schedule=ScheduleParams(name="constant", warmup_epochs=0, step_epochs=1, decay=1.0),
        early_stopping=EarlyStoppingParams(patience=None),
    )
