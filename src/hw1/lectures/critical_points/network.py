"""The training loss of the project's own networks as a landscape, and where to begin on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor, as_tensor, float64

from hw1.engine.architecture import Architecture
from hw1.engine.autograd import forward
from hw1.engine.blocks import Blocks, size_of
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import train
from hw1.fitted.base import Floats
from hw1.lectures.critical_points.landscape import Landscape
from hw1.params.train import TrainParams


def network_landscape(
    architecture: Architecture, x: Floats, y: Floats, l2_loss: float = 0.0
) -> Landscape:
    """The mean squared error on the fitted scale, as the engine trains by.

    Args:
        architecture: the network's shape, without batch norm, whose loss is one of batches.
        x: features, shape [rows, features].
        y: targets on the fitted scale, shape [rows].
        l2_loss: added to it, times the sum of squared weights, as the engine does.
    """
    shapes = architecture.parameter_shapes()
    features, targets = as_tensor(x, dtype=float64)[None], as_tensor(y, dtype=float64)

    def loss(flat: Tensor) -> Tensor:
        blocks = Blocks(shapes, flat[None])
        outputs = forward(architecture, blocks.views, {}, features, [])[0]
        error = ((outputs - targets) ** 2).mean()
        squares = [(block**2).sum() for name, block in blocks.views.items() if is_weight(name)]
        penalised: Tensor = error + l2_loss * sum(squares)
        return penalised

    return Landscape(loss, size_of(shapes), len(y))


def is_weight(name: str) -> bool:
    """Whether the engine's L2 term counts this block of parameters; biases it leaves alone."""
    return name.startswith(("weight", "skip"))


def snapshots(
    architecture: Architecture,
    params: TrainParams,
    rows: Rows,
    seeds: int,
    epochs: Sequence[int],
) -> Floats:
    """Weights of networks on their way, each seed's after some numbers of epochs.

    Members of a stack do not depend on one another: a seed that is there once for every number of
    epochs takes the same way each time, and keeps where it was then.

    Args:
        architecture: the networks' shape.
        params: how they train; as many epochs as the last of `epochs`.
        rows: what they train on.
        seeds: how many seeds, from 0.
        epochs: when to look.

    Returns:
        Parameters, shape [seeds, len(epochs), size].
    """
    members = [Member(seed) for seed in range(seeds) for _ in epochs]
    kept = list(epochs) * seeds
    trained = train(
        architecture,
        params,
        members,
        rows,
        kept_epochs=kept,
        place="critical_points",
        precision="double",
    )
    flat = np.asarray(trained.parameters.flat, dtype=np.float64)
    return flat.reshape(seeds, len(epochs), -1)
