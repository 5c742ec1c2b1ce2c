"""The shape of a network, and its parameters as they begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.random import Generator

from hw1.engine.arrays import Arrays
from hw1.engine.blocks import Blocks, Shapes, size_of
from hw1.engine.losses import LossName
from hw1.fitted.base import Floats

# the value of torch.nn.BatchNorm1d
NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class Architecture:
    """Dense layers: features, hidden widths, one output or several.

    Attributes:
        features: number of inputs.
        hidden: widths of the hidden layers; none makes a linear model.
        activation: after every hidden layer; a name in `hw1.engine.autograd`.
        dropout: share of a hidden layer's outputs that is zeroed in training, of members that
            have none of their own.
        batch_norm: normalise every hidden layer before its activation.
        linear_skip: add a linear path from the features to the outputs.
        outputs: number of outputs.
        loss: what training makes small, as the mean over rows and outputs. With `cross_entropy`
            every output is the logit of a yes or no of its own, and targets lie in 0..1.
    """

    features: int
    hidden: tuple[int, ...]
    activation: str = "relu"
    dropout: float = 0.0
    batch_norm: bool = False
    linear_skip: bool = False
    outputs: int = 1
    loss: LossName = "squared"

    @property
    def widths(self) -> tuple[int, ...]:
        """Inputs, hidden widths and outputs."""
        return (self.features, *self.hidden, self.outputs)

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
            shapes["skip"] = (self.features, self.outputs)
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
    architecture: Architecture, generators: Sequence[Generator], arrays: Arrays
) -> Blocks:
    """Draw every member's parameters by the rule of `torch.nn.Linear`.

    Weights and biases are uniform in +-1/sqrt(inputs) (He et al. 2015, arXiv:1502.01852, with the
    gain that PyTorch chose); gains start at 1 and shifts at 0.

    Args:
        architecture: the network's shape.
        generators: one a member.
        arrays: what holds the parameters.
    """
    shapes = architecture.parameter_shapes()
    flat = np.zeros((len(generators), size_of(shapes)))
    blocks = Blocks(shapes, flat)
    for member, generator in enumerate(generators):
        for name, view in blocks.views.items():
            _initialise(name, view[member], shapes, generator)
    return Blocks(shapes, arrays.floats(flat))


def _initialise(name: str, values: Floats, shapes: Shapes, generator: Generator) -> None:
    """Draw one member's block in place."""
    if name.startswith("gain"):
        values[...] = 1.0
    elif not name.startswith("shift"):
        inputs, _ = shapes[name.replace("bias", "weight")]
        bound = 1.0 / sqrt(inputs)
        values[...] = generator.uniform(-bound, bound, values.shape)


def initial_statistics(architecture: Architecture, members: int, arrays: Arrays) -> Blocks:
    """Running statistics of batch norm as they begin: means 0, variances 1."""
    shapes = architecture.running_shapes()
    blocks = Blocks(shapes, arrays.zeros(members, size_of(shapes)))
    for name, view in blocks.views.items():
        if name.startswith("variance"):
            view[...] = 1.0
    return blocks
