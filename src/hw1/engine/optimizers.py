"""Optimizers over a stack's parameters, shape [members, size].

Each is PyTorch's of the same name, rule for rule, and elementwise, so that stacking changes
nothing. Learning rates, weight decays and what is made of them are of double precision and rounded
where they meet the parameters, be they one number or one a member. The optimizers are written out
for numpy's arrays and PyTorch's tensors alike; making any of `torch.optim` would also load
PyTorch's compiler, which takes two seconds, more than most fits here. What parameters leave open
has PyTorch's default.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

from hw1.engine.arrays import Array, Arrays
from hw1.params.train import OptimizerName, OptimizerParams

ADAM_MEAN_DECAY = 0.9
ADAM_SQUARE_DECAY = 0.999
ADAM_EPSILON = 1e-8
RMSPROP_SQUARE_DECAY = 0.99
RMSPROP_EPSILON = 1e-8
ADAGRAD_EPSILON = 1e-10


class Optimizer(ABC):
    """What all optimizers share.

    Args:
        params: which rule, and its momentum.
        arrays: what holds the parameters.
        rates: every member's learning rate.
        decays: every member's weight decay.
        parameters: what is updated in place, shape [members, size].
    """

    memories: int
    """How many numbers it remembers of every parameter."""

    def __init__(
        self,
        params: OptimizerParams,
        arrays: Arrays,
        rates: Sequence[float],
        decays: Sequence[float],
        parameters: Array,
    ) -> None:
        self._arrays, self._library = arrays, arrays.library
        self._momentum, self._nesterov = params.momentum, params.nesterov
        self._rates, self._decays = list(rates), list(decays)
        memory = [arrays.zeros(*parameters.shape) for _ in range(self.memories)]
        self._connect(parameters, memory)

    def _connect(self, parameters: Array, memory: list[Array]) -> None:
        self.parameters, self._memory = parameters, memory
        self._scratch = self._arrays.empty(*parameters.shape)
        self._rate: Any = self._arrays.per_member(self._rates)
        self._decay: Any = self._arrays.per_member(self._decays)
        self._decays_at_all = any(self._decays)

    def keep(self, positions: Sequence[int], parameters: Array) -> None:
        """Go on with some members.

        Args:
            positions: which.
            parameters: theirs.
        """
        chosen = list(positions)
        self._rates = [self._rates[position] for position in chosen]
        self._decays = [self._decays[position] for position in chosen]
        self._connect(parameters, [one[chosen] for one in self._memory])

    def step(self, gradient: Array, factor: float) -> None:
        """Update the parameters.

        Args:
            gradient: like the parameters; it is used up.
            factor: what the learning rates are multiplied by.
        """
        if self._decays_at_all:
            decay = self._arrays.rounded(self._decay)
            self._library.multiply(self.parameters, decay, out=self._scratch)
            gradient += self._scratch
        self._move(gradient, self._rate * factor)

    @abstractmethod
    def _move(self, gradient: Array, rate: Any) -> None:
        """Take the step that `step` has prepared."""

    def _descend(self, direction: Array, rate: Any) -> None:
        """Go against a direction, which may be the scratch."""
        self._library.multiply(direction, self._arrays.rounded(rate), out=self._scratch)
        self.parameters -= self._scratch

    def _remember_squares(self, square: Array, gradient: Array, decay: float) -> None:
        """Bring a running mean of squared gradients up to date."""
        self._library.multiply(gradient, gradient, out=self._scratch)
        self._scratch *= 1.0 - decay
        square *= decay
        square += self._scratch

    def _over_root(self, values: Array, square: Array, epsilon: float) -> Array:
        """`values / (sqrt(square) + epsilon)`, in the scratch."""
        self._library.sqrt(square, out=self._scratch)
        self._scratch += epsilon
        self._library.divide(values, self._scratch, out=self._scratch)
        return self._scratch


class Sgd(Optimizer):
    """Gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013)."""

    memories = 1

    def _move(self, gradient: Array, rate: Any) -> None:
        if self._momentum:
            (velocity,) = self._memory
            velocity *= self._momentum
            velocity += gradient
            if self._nesterov:
                self._library.multiply(velocity, self._momentum, out=self._scratch)
                gradient += self._scratch
            else:
                gradient = velocity
        self._descend(gradient, rate)


class Adam(Optimizer):
    """Adaptive moments (Kingma & Ba 2015, arXiv:1412.6980)."""

    memories = 2
    _steps = 0

    def _move(self, gradient: Array, rate: Any) -> None:
        mean, square = self._memory
        self._steps += 1
        self._remember_squares(square, gradient, ADAM_SQUARE_DECAY)
        mean *= ADAM_MEAN_DECAY
        gradient *= 1.0 - ADAM_MEAN_DECAY
        mean += gradient
        # both moments begin at 0 and are corrected for it
        correction = sqrt(1.0 - ADAM_SQUARE_DECAY**self._steps)
        size = correction / (1.0 - ADAM_MEAN_DECAY**self._steps)
        self._descend(self._over_root(mean, square, ADAM_EPSILON * correction), rate * size)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101)."""

    def step(self, gradient: Array, factor: float) -> None:
        """See `Optimizer.step`; the decay shrinks the parameters, not by way of the gradient."""
        rate = self._rate * factor
        if self._decays_at_all:
            self.parameters *= self._arrays.rounded(1.0 - rate * self._decay)
        self._move(gradient, rate)


class RmsProp(Optimizer):
    """Gradients over their running root mean square (Hinton 2012), with momentum."""

    memories = 2

    def _move(self, gradient: Array, rate: Any) -> None:
        square, velocity = self._memory
        self._remember_squares(square, gradient, RMSPROP_SQUARE_DECAY)
        direction = self._over_root(gradient, square, RMSPROP_EPSILON)
        if self._momentum:
            velocity *= self._momentum
            velocity += direction
            direction = velocity
        self._descend(direction, rate)


class Adagrad(Optimizer):
    """Gradients over the root of the sum of their squares (Duchi et al. 2011)."""

    memories = 1

    def _move(self, gradient: Array, rate: Any) -> None:
        (square,) = self._memory
        self._library.multiply(gradient, gradient, out=self._scratch)
        square += self._scratch
        self._descend(self._over_root(gradient, square, ADAGRAD_EPSILON), rate)


OPTIMIZERS: dict[OptimizerName, Callable[..., Optimizer]] = {
    "sgd": Sgd,
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RmsProp,
    "adagrad": Adagrad,
}


def make_optimizer(
    params: OptimizerParams,
    arrays: Arrays,
    rates: Sequence[float],
    decays: Sequence[float],
    parameters: Array,
) -> Optimizer:
    """The optimizer that `params` asks for; see `Optimizer` for the arguments."""
    return OPTIMIZERS[params.name](params, arrays, rates, decays, parameters)
