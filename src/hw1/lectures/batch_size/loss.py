"""A network's mean squared error as a function of its parameters, at double precision."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING

from hw1.engine.architecture import Architecture
from hw1.fitted.base import Floats

if TYPE_CHECKING:
    from torch import Tensor

Loss = Callable[["Tensor"], "Tensor"]
"""From parameters, shape [size], to one number."""

RowLoss = Callable[["Tensor", "Tensor", "Tensor"], "Tensor"]
"""From parameters [size], one row's features [features] and target [] to its squared error."""


def row_loss(architecture: Architecture) -> RowLoss:
    """Squared error of one row on the fitted scale.

    Args:
        architecture: the network's shape; without dropout and batch norm.
    """
    from hw1.engine.autograd import forward

    shapes = architecture.parameter_shapes()

    def squared_error(flat: Tensor, x: Tensor, y: Tensor) -> Tensor:
        views, start = {}, 0
        for name, shape in shapes.items():
            end = start + prod(shape)
            views[name] = flat[start:end].view(1, *shape)
            start = end
        rows = x.view(1, -1, architecture.features)
        return (forward(architecture, views, {}, rows, []) - y).square().mean()

    return squared_error


def loss_on(architecture: Architecture, x: Floats, y: Floats) -> Loss:
    """Mean squared error on the fitted scale of all rows together.

    Args:
        architecture: the network's shape.
        x: features, shape [rows, features].
        y: targets on the fitted scale, shape [rows].
    """
    import torch

    squared_error = row_loss(architecture)
    features, targets = torch.from_numpy(x), torch.from_numpy(y)
    return lambda flat: squared_error(flat, features, targets)
