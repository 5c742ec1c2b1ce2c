"""A stack of networks in training: forward, backward and update of all members at once."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from hw1.engine.architecture import Architecture, initial_parameters, initial_statistics
from hw1.engine.blocks import select_members, views_of
from hw1.engine.forward import forward
from hw1.engine.optimizers import make_optimizer
from hw1.engine.randomness import Randomness
from hw1.params.train import OptimizerParams


class Stack:
    """Parameters, gradients and optimizer of the members that are still in training.

    Attributes:
        architecture: the networks' shape.
        parameters: trained tensors, shape [members, ...].
        statistics: running statistics of batch norm, shape [members, ...].
    """

    def __init__(
        self,
        architecture: Architecture,
        randomness: Randomness,
        *,
        optimizer: OptimizerParams,
        l2_loss: float,
        like: Tensor,
    ) -> None:
        self.architecture = architecture
        self.parameters = initial_parameters(architecture, randomness.initial, like)
        self.statistics = initial_statistics(architecture, len(randomness.initial), like)
        self._l2_loss = l2_loss
        self._optimizer = make_optimizer(optimizer, self.parameters.flat)
        self._connect()

    def _connect(self) -> None:
        """Let autograd add up views of one flat gradient, which the optimizer uses."""
        blocks = self.parameters
        self._gradient = torch.zeros_like(blocks.flat)
        gradients = views_of(self._gradient, blocks.shapes, blocks.members)
        self._leaves = {}
        for name, view in blocks.views.items():
            self._leaves[name] = view.detach().requires_grad_()
            self._leaves[name].grad = gradients[name]
        # biases, gains and shifts are no weights: the loss term leaves them alone
        self._weights = [name for name in blocks.views if name.startswith(("weight", "skip"))]

    def step(self, x: Tensor, y: Tensor, mask: Tensor | None, learning_rate: float) -> Tensor:
        """Take one step of gradient descent with every member.

        The loss is the sum over members of each one's mean squared error, so that every member
        gets the gradient it would get alone.

        Args:
            x: features, shape [members, rows, features].
            y: targets on the fitted scale, shape [members, rows].
            mask: dropout's factors, see `hw1.engine.forward`.
            learning_rate: of this step.

        Returns:
            Every member's mean squared error before the step, shape [members], without waiting
            for it to be computed.
        """
        self._gradient.zero_()
        outputs = forward(
            self.architecture, self._leaves, self.statistics.views, x, mask=mask, training=True
        )
        # the loss's gradient is known, so autograd need not go through the loss itself
        errors = outputs.detach() - y
        torch.autograd.backward(outputs, errors * (2.0 / y.shape[1]))
        if self._l2_loss > 0.0:
            self._add_l2_gradient()
        with torch.no_grad():
            self._optimizer.step(self._gradient, learning_rate)
        return errors.square_().mean(dim=1)

    def _add_l2_gradient(self) -> None:
        """The gradient of `l2_loss` times the sum of squared weights."""
        with torch.no_grad():
            for name in self._weights:
                leaf = self._leaves[name]
                assert leaf.grad is not None
                leaf.grad.add_(leaf, alpha=2.0 * self._l2_loss)

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """Outputs as after training, shape [members, rows], of rows of shape [rows, features]."""
        everyone = x.expand(self.parameters.members, *x.shape)
        parameters, statistics = self.parameters.views, self.statistics.views
        return forward(self.architecture, parameters, statistics, everyone)

    def keep(self, positions: Sequence[int]) -> None:
        """Go on with the members at `positions` only; the optimizer keeps what it knows of them."""
        old = self.parameters
        self.parameters = old.select(positions)
        self.statistics = self.statistics.select(positions)
        memory = [select_members(one, old, positions) for one in self._optimizer.memory]
        self._optimizer.carry_over(self.parameters.flat, memory)
        self._connect()
