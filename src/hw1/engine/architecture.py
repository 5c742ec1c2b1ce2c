"""The shape of a network, and its parameters as they begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import torch
from torch import Generator, Tensor

from hw1.engine.blocks import Blocks, Shapes


@dataclass(frozen=True)
class Architecture:
    """Dense layers: features, hidden widths, one output.

    Attributes:
        features: number of inputs.
        hidden: widths of the hidden layers; none makes a linear model.
        activation: after every hidden layer; a name in `hw1.engine.forward`.
        dropout: share of a hidden layer's outputs that is zeroed in training.
        batch_norm: normalise every hidden layer before its activation.
        linear_skip: add a linear path from the features to the output.
    """

    features: int
    hidden: tuple[int, ...]
    activation: str = "relu"
    dropout: float = 0.0
    batch_norm: bool = False
    linear_skip: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """Inputs, hidden widths and the one output."""
        return (self.features, *self.hidden, 1)

    def parameter_shapes(self) -> Shapes:
        """One member's trained tensors, in the order in which they are initialised."""
        shapes: dict[str, tuple[int, int]] = {}
        for layer, (inputs, outputs) in enumerate(pairwise(self.widths)):
            shapes[f"weight_{layer}"] = (inputs, outputs)
            # batch norm would take a bias away again; all it could do is drift by rounding errors
            if not self.batch_norm or layer == len(self.hidden):
                shapes[f"bias_{layer}"] = (1, outputs)
        if self.batch_norm:
            for layer, width in enumerate(self.hidden):
                shapes[f"gain_{layer}"] = (1, width)
                shapes[f"shift_{layer}"] = (1, width)
        # no bias of its own: the last layer has one
        if self.linear_skip:
            shapes["skip"] = (self.features, 1)
        return shapes

    def running_shapes(self) -> Shapes:
        """One member's running statistics of batch norm."""
        if not self.batch_norm:
            return {}
        return {
            f"{statistic}_{layer}": (1, width)
            for layer, width in enumerate(self.hidden)
            for statistic in ("mean", "variance")
        }


def initial_parameters(
    architecture: Architecture, generators: Sequence[Generator], like: Tensor
) -> Blocks:
    """Draw every member's parameters as PyTorch draws those of `torch.nn.Linear`.

    Weights and biases are uniform in +-1/sqrt(inputs) (He et al. 2015, arXiv:1502.01852, with the
    gain that PyTorch chose). The draws of a member are those of fresh `Linear` layers in order,
    the linear path last; gains start at 1 and shifts at 0.

    Args:
        architecture: the network's shape.
        generators: one a member, on the CPU.
        like: a tensor with the type and device that parameters shall have.
    """
    blocks = Blocks.zeros(architecture.parameter_shapes(), len(generators), like)
    for name, view in blocks.views.items():
        if name.startswith("gain"):
            view.fill_(1.0)
        elif not name.startswith("shift"):
            inputs = blocks.shapes[name.replace("bias", "weight")][0]
            for member, generator in enumerate(generators):
                view[member] = _uniform(blocks.shapes[name], 1.0 / sqrt(inputs), generator)
    return blocks


def initial_statistics(architecture: Architecture, members: int, like: Tensor) -> Blocks:
    """Running statistics of batch norm as they begin: means 0, variances 1."""
    blocks = Blocks.zeros(architecture.running_shapes(), members, like)
    for name, view in blocks.views.items():
        if name.startswith("variance"):
            view.fill_(1.0)
    return blocks


def _uniform(shape: tuple[int, int], bound: float, generator: Generator) -> Tensor:
    # drawn as [outputs, inputs], as torch.nn.Linear keeps its weights
    return torch.empty(shape[1], shape[0]).uniform_(-bound, bound, generator=generator).T
