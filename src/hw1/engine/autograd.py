"""Gradients that PyTorch finds: of batch norm, and of activations that are not written out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from hw1.engine.architecture import NORM_EPSILON, Architecture
from hw1.engine.blocks import Views
from hw1.engine.gradients import Batch
from hw1.engine.losses import LOSSES

# the value of torch.nn.BatchNorm1d
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


class Autograd:
    """Gradients of any architecture; see `hw1.engine.gradients.Gradients`."""

    def __init__(self, architecture: Architecture) -> None:
        self._architecture = architecture
        self._loss = LOSSES[architecture.loss]

    def compute(
        self, parameters: Views, statistics: Views, gradients: Views, batch: Batch
    ) -> Tensor:
        """See `Gradients`."""
        leaves = {name: view.detach().requires_grad_() for name, view in parameters.items()}
        outputs = forward(
            self._architecture, leaves, statistics, batch.x, batch.masks, training=True
        )
        # the loss's gradient is known, so autograd need not go through the loss itself
        slopes = outputs.detach().clone().view(batch.y.shape)
        losses: Tensor = self._loss(torch, slopes, batch.y, torch.empty_like(slopes))
        found = torch.autograd.grad(outputs, list(leaves.values()), slopes.view(outputs.shape))
        for name, gradient in zip(leaves, found, strict=True):
            gradients[name].copy_(gradient)
        return losses

    @torch.no_grad()
    def outputs(
        self, parameters: Views, statistics: Views, x: Tensor, tables: Sequence[int] | None = None
    ) -> Tensor:
        """See `Gradients`."""
        members = next(iter(parameters.values())).shape[0]
        own = x.expand(members, -1, -1) if tables is None else x[list(tables)]
        return forward(self._architecture, parameters, statistics, own, [])


def forward(
    architecture: Architecture,
    parameters: Views,
    statistics: Views,
    x: Tensor,
    masks: list[Tensor],
    *,
    training: bool = False,
) -> Tensor:
    """Outputs of all members.

    Args:
        architecture: the networks' shape.
        parameters: blocks of shape [members, ...].
        statistics: running statistics of batch norm, updated in place when training.
        x: features, shape [members, rows, features].
        masks: dropout's factors, one tensor a hidden layer, or none.
        training: whether batch norm uses the batch's own statistics.

    Returns:
        Outputs on the fitted scale, shape [members, rows], or [members, rows, outputs] where there
        are several.
    """
    activate = ACTIVATIONS[architecture.activation]
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
    return output.squeeze(2) if architecture.outputs == 1 else output


def _normalise(
    layer: int, parameters: Views, statistics: Views, x: Tensor, training: bool
) -> Tensor:
    """Batch norm (Ioffe & Szegedy 2015, arXiv:1502.03167) of every member by itself."""
    rows = x.shape[1]
    # a batch of one row has no spread of its own: it is normalised as in prediction
    own = training and rows > 1
    mean, variance = statistics[f"mean_{layer}"], statistics[f"variance_{layer}"]
    if own:
        mean, variance = x.mean(dim=1, keepdim=True), x.var(dim=1, keepdim=True, correction=0)
        with torch.no_grad():
            statistics[f"mean_{layer}"].lerp_(mean, NORM_MOMENTUM)
            unbiased = variance * (rows / (rows - 1))
            statistics[f"variance_{layer}"].lerp_(unbiased, NORM_MOMENTUM)
    scale = parameters[f"gain_{layer}"] * torch.rsqrt(variance + NORM_EPSILON)
    return torch.addcmul(parameters[f"shift_{layer}"], x - mean, scale)
