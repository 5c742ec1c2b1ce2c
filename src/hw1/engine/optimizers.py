"""Optimizers over one flat tensor of parameters.

Each is PyTorch's of the same name, rule for rule, and elementwise, so that stacking changes
nothing. They are written out because making any of `torch.optim` loads PyTorch's compiler, which
takes two seconds, more than most fits here. What parameters leave open has PyTorch's default.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from math import sqrt

import torch
from torch import Tensor

from hw1.params.train import OptimizerName, OptimizerParams

ADAM_MEAN_DECAY = 0.9
ADAM_SQUARE_DECAY = 0.999
ADAM_EPSILON = 1e-8
RMSPROP_SQUARE_DECAY = 0.99
RMSPROP_EPSILON = 1e-8
ADAGRAD_EPSILON = 1e-10


class Optimizer(ABC):
    """What all optimizers share.

    Attributes:
        parameters: what is updated in place, one dimension.
        memory: what it remembers of every parameter, tensors like `parameters`.
    """

    def __init__(self, params: OptimizerParams, parameters: Tensor, memories: int) -> None:
        self.parameters = parameters
        self.memory = [torch.zeros_like(parameters) for _ in range(memories)]
        self._momentum = params.momentum
        self._weight_decay = params.weight_decay

    def carry_over(self, parameters: Tensor, memory: Sequence[Tensor]) -> None:
        """Go on with other parameters and what is remembered of them."""
        self.parameters, self.memory = parameters, list(memory)

    def step(self, gradient: Tensor, learning_rate: float) -> None:
        """Update the parameters.

        Args:
            gradient: like `parameters`; it is used up.
            learning_rate: of this step.
        """
        if self._weight_decay:
            gradient.add_(self.parameters, alpha=self._weight_decay)
        self._move(gradient, learning_rate)

    @abstractmethod
    def _move(self, gradient: Tensor, learning_rate: float) -> None:
        """Take the step that `step` has prepared."""


class Sgd(Optimizer):
    """Gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013)."""

    def __init__(self, params: OptimizerParams, parameters: Tensor) -> None:
        super().__init__(params, parameters, 1 if params.momentum else 0)
        self._nesterov = params.nesterov

    def _move(self, gradient: Tensor, learning_rate: float) -> None:
        if self.memory:
            (velocity,) = self.memory
            velocity.mul_(self._momentum).add_(gradient)
            if self._nesterov:
                gradient.add_(velocity, alpha=self._momentum)
            else:
                gradient = velocity
        self.parameters.add_(gradient, alpha=-learning_rate)


class Adam(Optimizer):
    """Adaptive moments (Kingma & Ba 2015, arXiv:1412.6980)."""

    def __init__(self, params: OptimizerParams, parameters: Tensor) -> None:
        super().__init__(params, parameters, 2)
        self._steps = 0

    def _move(self, gradient: Tensor, learning_rate: float) -> None:
        mean, square = self.memory
        self._steps += 1
        mean.lerp_(gradient, 1.0 - ADAM_MEAN_DECAY)
        square.mul_(ADAM_SQUARE_DECAY).addcmul_(gradient, gradient, value=1.0 - ADAM_SQUARE_DECAY)
        # both moments begin at 0 and are corrected for it
        size = learning_rate / (1.0 - ADAM_MEAN_DECAY**self._steps)
        correction = sqrt(1.0 - ADAM_SQUARE_DECAY**self._steps)
        spread = torch.sqrt(square).div_(correction).add_(ADAM_EPSILON)
        self.parameters.addcdiv_(mean, spread, value=-size)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101)."""

    def step(self, gradient: Tensor, learning_rate: float) -> None:
        """See `Optimizer.step`; the decay shrinks the parameters, not by way of the gradient."""
        self.parameters.mul_(1.0 - learning_rate * self._weight_decay)
        self._move(gradient, learning_rate)


class RmsProp(Optimizer):
    """Gradients over their running root mean square (Hinton 2012), with momentum."""

    def __init__(self, params: OptimizerParams, parameters: Tensor) -> None:
        super().__init__(params, parameters, 2 if params.momentum else 1)

    def _move(self, gradient: Tensor, learning_rate: float) -> None:
        square, *velocity = self.memory
        share = 1.0 - RMSPROP_SQUARE_DECAY
        square.mul_(RMSPROP_SQUARE_DECAY).addcmul_(gradient, gradient, value=share)
        spread = torch.sqrt(square).add_(RMSPROP_EPSILON)
        if velocity:
            velocity[0].mul_(self._momentum).addcdiv_(gradient, spread)
            self.parameters.add_(velocity[0], alpha=-learning_rate)
        else:
            self.parameters.addcdiv_(gradient, spread, value=-learning_rate)


class Adagrad(Optimizer):
    """Gradients over the root of the sum of their squares (Duchi et al. 2011)."""

    def __init__(self, params: OptimizerParams, parameters: Tensor) -> None:
        super().__init__(params, parameters, 1)

    def _move(self, gradient: Tensor, learning_rate: float) -> None:
        (square,) = self.memory
        square.addcmul_(gradient, gradient)
        spread = torch.sqrt(square).add_(ADAGRAD_EPSILON)
        self.parameters.addcdiv_(gradient, spread, value=-learning_rate)


OPTIMIZERS: dict[OptimizerName, Callable[[OptimizerParams, Tensor], Optimizer]] = {
    "sgd": Sgd,
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RmsProp,
    "adagrad": Adagrad,
}


def make_optimizer(params: OptimizerParams, parameters: Tensor) -> Optimizer:
    """The optimizer that `params` asks for, over a flat tensor of parameters."""
    return OPTIMIZERS[params.name](params, parameters)
