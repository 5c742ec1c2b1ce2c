"""What tells the members of a stack apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hw1.engine.architecture import Architecture
from hw1.params.train import TrainParams


@dataclass(frozen=True)
class Member:
    """One network of a stack.

    Attributes:
        seed: of its first weights, its order of rows and its dropout.
        learning_rate: its own; None is that of the parameters.
        weight_decay: its own; None is that of the parameters.
        dropout: its own; None is that of the architecture.
        table: which of the training's tables it learns from and is judged by, from 0.
    """

    seed: int
    learning_rate: float | None = None
    weight_decay: float | None = None
    dropout: float | None = None
    table: int = 0


def members_of(params: TrainParams) -> list[Member]:
    """The ensemble that the parameters ask for: one member for every seed."""
    return [Member(seed) for seed in range(params.seed, params.seed + params.seeds)]


def learning_rates(members: Sequence[Member], params: TrainParams) -> list[float]:
    """Every member's learning rate before any schedule."""
    common = params.optimizer.learning_rate
    return [common if one.learning_rate is None else one.learning_rate for one in members]


def weight_decays(members: Sequence[Member], params: TrainParams) -> list[float]:
    """Every member's weight decay."""
    common = params.optimizer.weight_decay
    return [common if one.weight_decay is None else one.weight_decay for one in members]


def dropouts(members: Sequence[Member], architecture: Architecture) -> list[float]:
    """Every member's dropout."""
    common = architecture.dropout
    return [common if one.dropout is None else one.dropout for one in members]
