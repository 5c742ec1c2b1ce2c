"""What a stack of networks computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

from hw1.engine.architecture import Architecture

# the values of torch.nn.BatchNorm1d
NORM_EPSILON = 1e-5
NORM_MOMENTUM = 0.1

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}

Views = Mapping[str, Tensor]


def forward(
    architecture: Architecture,
    parameters: Views,
    statistics: Views,
    x: Tensor,
    *,
    mask: Tensor | None = None,
    training: bool = False,
) -> Tensor:
    """Outputs of all members.

    Args:
        architecture: the networks' shape.
        parameters: blocks of shape [members, ...].
        statistics: running statistics of batch norm, updated in place when training.
        x: features, shape [members, rows, features].
        mask: dropout's factors for all hidden layers side by side, or None.
        training: whether batch norm uses the batch's own statistics.

    Returns:
        Outputs on the fitted scale, shape [members, rows].
    """
    activate = ACTIVATIONS[architecture.activation]
    masks = () if mask is None else mask.split_with_sizes(architecture.hidden, dim=2)
    hidden = x
    for layer in range(len(architecture.hidden)):
        weight = parameters[f"weight_{layer}"]
        if architecture.batch_norm:
            hidden = torch.bmm(hidden, weight)
            hidden = _normalise(layer, parameters, statistics, hidden, training)
        else:
            hidden = torch.baddbmm(parameters[f"bias_{layer}"], hidden, weight)
        hidden = activate(hidden)
        if masks:
            hidden = hidden * masks[layer]
    last = len(architecture.hidden)
    output = torch.baddbmm(parameters[f"bias_{last}"], hidden, parameters[f"weight_{last}"])
    if architecture.linear_skip:
        output = torch.baddbmm(output, x, parameters["skip"])
    return output.squeeze(2)


def _normalise(
    layer: int, parameters: Views, statistics: Views, x: Tensor, training: bool
) -> Tensor:
    """Batch norm (Ioffe & Szegedy 2015, arXiv:1502.03167) of every member by itself."""
    members, rows, width = x.shape
    flat = functional.batch_norm(
        x.transpose(0, 1).reshape(rows, members * width),
        statistics[f"mean_{layer}"].view(-1),
        statistics[f"variance_{layer}"].view(-1),
        parameters[f"gain_{layer}"].view(-1),
        parameters[f"shift_{layer}"].view(-1),
        # a batch of one row has no spread of its own: it is normalised as in prediction
        training=training and rows > 1,
        momentum=NORM_MOMENTUM,
        eps=NORM_EPSILON,
    )
    return flat.view(rows, members, width).transpose(0, 1)
