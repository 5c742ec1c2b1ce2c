"""LARS and LAMB: a learning rate for every layer, by the size of its weights and of its update.

Written out because a stack needs every member's own norms: the maintained packages take the norm of
a whole tensor, which in a stack would mix the members.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from math import prod
from typing import Any, Literal

from hw1.engine.arrays import Array, Arrays
from hw1.engine.blocks import Shapes
from hw1.engine.optimizers import ADAM_MEAN_DECAY, ADAM_SQUARE_DECAY, Optimizer
from hw1.params.train import OptimizerParams

LayerwiseName = Literal["lars", "lamb"]

# the values of the papers
LARS_TRUST = 0.001
LAMB_EPSILON = 1e-6


class Layerwise(Optimizer):
    """An optimizer that scales every layer's step by a trust ratio.

    A layer is its weights and its biases together; the linear path is one of its own.

    Args:
        shapes: one member's blocks, in the order in which they stand in `parameters`.
        params: the momentum.
        arrays: what holds the parameters.
        rates: every member's learning rate.
        decays: every member's weight decay.
        parameters: what is updated in place, shape [members, size].
    """

    def __init__(
        self,
        shapes: Shapes,
        params: OptimizerParams,
        arrays: Arrays,
        *,
        rates: Sequence[float],
        decays: Sequence[float],
        parameters: Array,
    ) -> None:
        super().__init__(params, arrays, rates, decays, parameters)
        self._layers = layers_of(shapes)

    def _norms(self, values: Array, layer: slice) -> Array:
        """Every member's Euclidean norm of one layer, shape [members, 1]."""
        part = values[:, layer]
        return self._library.sqrt((part * part).sum(1))[:, None]

    def _ratio(self, above: Array, below: Array) -> Array:
        """`above / below`, and 1 where either of them is 0: such a layer has no size to go by."""
        known = (above > 0.0) & (below > 0.0)
        one = self._library.ones_like(above)
        return self._library.where(known, above / self._library.where(known, below, one), one)


class Lars(Layerwise):
    """Layer-wise adaptive rate scaling (You et al. 2017, arXiv:1708.03888, algorithm 1).

    Momentum keeps steps, learning rates included, so that a schedule does not scale old ones.
    """

    memories = 1

    def step(self, gradient: Array, factor: float) -> None:
        """See `Optimizer.step`; the decay enters the trust ratio, too."""
        (velocity,) = self._memory
        rate, decay = (self._arrays.rounded(one) for one in (self._rate * factor, self._decay))
        velocity *= self._momentum
        for layer in self._layers:
            weights, slope = self.parameters[:, layer], gradient[:, layer]
            size = self._norms(self.parameters, layer)
            # the two norms are added, as in the paper, not those of the sum
            below = self._norms(gradient, layer) + decay * size
            trust = self._trust(size, below)
            velocity[:, layer] += trust * rate * (slope + decay * weights)
        self.parameters -= velocity

    def _trust(self, size: Array, below: Array) -> Array:
        return LARS_TRUST * self._ratio(size, below)

    def _move(self, gradient: Array, rate: Any) -> None:
        raise NotImplementedError("`step` does it all")


class Lamb(Layerwise):
    """Layer-wise adaptive moments (You et al. 2020, arXiv:1904.00962, algorithm 2)."""

    memories = 2
    _steps = 0

    def step(self, gradient: Array, factor: float) -> None:
        """See `Optimizer.step`; the decay joins Adam's step before the trust ratio is taken."""
        mean, square = self._memory
        self._steps += 1
        self._remember_squares(square, gradient, ADAM_SQUARE_DECAY)
        mean *= ADAM_MEAN_DECAY
        mean += gradient * (1.0 - ADAM_MEAN_DECAY)
        # both moments begin at 0 and are corrected for it
        corrected = mean / (1.0 - ADAM_MEAN_DECAY**self._steps)
        root = self._library.sqrt(square / (1.0 - ADAM_SQUARE_DECAY**self._steps))
        rate, decay = (self._arrays.rounded(one) for one in (self._rate * factor, self._decay))
        update = corrected / (root + LAMB_EPSILON) + decay * self.parameters
        for layer in self._layers:
            ratio = self._ratio(self._norms(self.parameters, layer), self._norms(update, layer))
            self.parameters[:, layer] -= rate * ratio * update[:, layer]

    def _move(self, gradient: Array, rate: Any) -> None:
        raise NotImplementedError("`step` does it all")


LAYERWISE: dict[LayerwiseName, Callable[..., Optimizer]] = {"lars": Lars, "lamb": Lamb}


def layers_of(shapes: Shapes) -> list[slice]:
    """Where every layer stands in a member's row of parameters.

    Args:
        shapes: one member's blocks; those of a layer end in its number and stand together.
    """
    layers, start = [], 0
    for _, names in groupby(shapes, key=lambda name: name.rpartition("_")[2]):
        end = start + sum(prod(shapes[name]) for name in names)
        layers.append(slice(start, end))
        start = end
    return layers
