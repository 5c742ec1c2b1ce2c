"""What tells the members of a stack apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hw1.params.train import TrainParams


@dataclass(frozen=True, eq=False)
class Member:
    """One network of a stack.

    Attributes:
        seed: of its first weights, its order of rows and its dropout.
        learning_rate: its own; None is that of the parameters.
        weight_decay: its own; None is that of the parameters.
        features: which columns it sees, shape [features]; None is all. It is the network that
            would be trained on these columns alone: weights of the others are and stay 0.
    """

    seed: int
    learning_rate: float | None = None
    weight_decay: float | None = None
    features: npt.NDArray[np.bool_] | None = None


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


def seen_features(members: Sequence[Member], features: int) -> npt.NDArray[np.bool_] | None:
    """Which columns each member sees, shape [members, features]; None if all see all.

    Raises:
        ValueError: a member's choice has another length, or it sees nothing.
    """
    if all(member.features is None for member in members):
        return None
    everything = np.ones(features, dtype=bool)
    seen = [everything if one.features is None else one.features for one in members]
    for one in seen:
        if one.shape != (features,) or not one.any():
            raise ValueError(f"a member must see some of {features} features, not {one}")
    return np.stack(seen)
