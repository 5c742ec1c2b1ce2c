"""A stack of networks in training: forward, backward and update of all members at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hw1.engine.architecture import Architecture, initial_parameters, initial_statistics
from hw1.engine.arrays import Array
from hw1.engine.backend import Backend
from hw1.engine.blocks import Blocks
from hw1.engine.gradients import Batch
from hw1.engine.members import Member, learning_rates, weight_decays
from hw1.engine.optimizers import make_optimizer
from hw1.engine.randomness import Randomness
from hw1.params.train import TrainParams


class Stack:
    """Parameters, gradients and optimizer of the members that are still in training.

    Attributes:
        architecture: the networks' shape.
        parameters: trained arrays, shape [members, ...].
        statistics: running statistics of batch norm, shape [members, ...].
    """

    def __init__(
        self,
        architecture: Architecture,
        params: TrainParams,
        members: Sequence[Member],
        randomness: Randomness,
        backend: Backend,
    ) -> None:
        self.architecture, self._backend = architecture, backend
        arrays = backend.arrays
        self.parameters = initial_parameters(architecture, randomness.initial, arrays)
        self.statistics = initial_statistics(architecture, len(members), arrays)
        self._l2_loss = params.l2_loss
        rates, decays = learning_rates(members, params), weight_decays(members, params)
        self._optimizer = make_optimizer(
            params.optimizer, arrays, rates, decays, self.parameters.flat
        )
        self._gradients = self._room_for_gradients()

    def _room_for_gradients(self) -> Blocks:
        flat = self.parameters.flat
        return Blocks(self.parameters.shapes, self._backend.arrays.empty(*flat.shape))

    def step(self, batch: Batch, factor: float) -> Array:
        """Take one step of gradient descent with every member.

        Every member gets the gradient of its own loss, as it would alone.

        Args:
            batch: every member's rows.
            factor: what the learning rates are multiplied by at this step.

        Returns:
            Every member's loss before the step, without penalties, shape [members], and without
            waiting for it to be computed.
        """
        gradients, statistics = self._gradients, self.statistics.views
        losses = self._backend.gradients.compute(
            self.parameters.views, statistics, gradients.views, batch
        )
        if self._l2_loss > 0.0:
            self._add_l2_gradient()
        self._optimizer.step(gradients.flat, factor)
        return losses

    def _add_l2_gradient(self) -> None:
        """The gradient of `l2_loss` times the sum of squared weights."""
        for name in self.parameters.shapes:
            # biases, gains and shifts are no weights: the loss term leaves them alone
            if name.startswith(("weight", "skip")):
                weights = self.parameters.views[name]
                self._gradients.views[name] += weights * (2.0 * self._l2_loss)

    def keep(self, positions: Sequence[int]) -> None:
        """Go on with the members at `positions` only; the optimizer keeps what it knows of them."""
        chosen: Any = list(positions)
        self.parameters = Blocks(self.parameters.shapes, self.parameters.flat[chosen])
        self.statistics = Blocks(self.statistics.shapes, self.statistics.flat[chosen])
        self._optimizer.keep(positions, self.parameters.flat)
        self._gradients = self._room_for_gradients()
