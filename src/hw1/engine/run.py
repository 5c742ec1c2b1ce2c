"""The state of one training: members that go on, and what the others have kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from hw1.engine.architecture import Architecture
from hw1.engine.blocks import Blocks
from hw1.engine.forward import forward
from hw1.engine.randomness import Randomness
from hw1.engine.rows import Rows, batch_sizes, to_floats, to_tensor
from hw1.engine.schedules import learning_rate_factor
from hw1.engine.stack import Stack
from hw1.fitted.base import Floats
from hw1.params.train import TrainParams


class Run:
    """A stack in training.

    Attributes:
        active: the members still in training, ascending; the stack holds just these.
        kept_parameters: what every member keeps so far, shape [members, ...].
        kept_statistics: batch norm's running statistics that go with it.
    """

    def __init__(
        self,
        *,
        architecture: Architecture,
        params: TrainParams,
        seeds: Sequence[int],
        rows: Rows,
        validation: Rows | None,
        dtype: torch.dtype,
    ) -> None:
        self._params = params
        self._rows, self._validation = rows, validation
        self._x, self._y = to_tensor(rows.x, dtype), to_tensor(rows.y, dtype)
        self._validation_x = None if validation is None else to_tensor(validation.x, dtype)
        self._batches = batch_sizes(len(self._x), params.batch_size)
        self._randomness = Randomness(seeds)
        self._stack = Stack(
            architecture,
            self._randomness,
            optimizer=params.optimizer,
            l2_loss=params.l2_loss,
            like=self._x,
        )
        self.active = list(range(len(seeds)))
        self.kept_parameters = self._stack.parameters.select(self.active)
        self.kept_statistics = self._stack.statistics.select(self.active)
        self._validation_errors = np.full(len(seeds), np.nan)

    def epoch(self, number: int) -> tuple[Tensor, list[float]]:
        """Take every step of an epoch; nothing in here waits for the device.

        Returns:
            Losses of all steps, shape [steps, members in training], and the learning rates.
        """
        orders = self._randomness.orders(len(self._x)).to(self._x.device)
        masks = self._randomness.masks(self._stack.architecture, self._batches, self._x)
        rates = self._rates(number)
        losses = []
        steps = zip(orders.split_with_sizes(self._batches, dim=1), masks, rates, strict=True)
        for order, mask, rate in steps:
            chosen = order.flatten()
            x = self._x.index_select(0, chosen).view(*order.shape, -1)
            y = self._y.index_select(0, chosen).view(order.shape)
            losses.append(self._stack.step(x, y, mask, rate))
        return torch.stack(losses), rates

    def _rates(self, number: int) -> list[float]:
        steps, planned = len(self._batches), self._params.epochs
        times = [number - 1 + step / steps for step in range(steps)]
        factors = [
            learning_rate_factor(self._params.schedule, time, planned, steps) for time in times
        ]
        return [self._params.optimizer.learning_rate * factor for factor in factors]

    def validation_errors(self) -> Floats | None:
        """Validation errors of the members in training; None without validation rows."""
        if self._validation is None or self._validation_x is None:
            return None
        errors = self._validation.errors(to_floats(self._stack.predict(self._validation_x)))
        self._validation_errors[self.active] = errors
        return errors

    def keep(self, members: Sequence[int]) -> None:
        """Remember the present weights of some of the members in training."""
        positions = [self.active.index(member) for member in members]
        if members:
            self.kept_parameters.copy_members(members, self._stack.parameters, positions)
            self.kept_statistics.copy_members(members, self._stack.statistics, positions)

    def let_go(self, members: Sequence[int]) -> None:
        """End the training of some members; the stack goes on without them."""
        if not members:
            return
        if self._validation is not None and self._validation_x is not None:
            errors = self._validation.errors(self._kept_outputs(self._validation_x))
            self._validation_errors[list(members)] = errors[list(members)]
        staying = [place for place, one in enumerate(self.active) if one not in members]
        self.active = [self.active[place] for place in staying]
        if self.active:
            self._stack.keep(staying)
            self._randomness.keep(staying)

    def mean_validation_error(self) -> float | None:
        """Mean over all members; one that has finished counts with the weights it keeps."""
        return None if self._validation is None else float(self._validation_errors.mean())

    def mean_train_error(self) -> float:
        """The same on the training rows."""
        errors = self._rows.errors(self._kept_outputs(self._x))
        if self.active:
            errors[self.active] = self._rows.errors(to_floats(self._stack.predict(self._x)))
        return float(errors.mean())

    @torch.no_grad()
    def _kept_outputs(self, x: Tensor) -> Floats:
        kept: tuple[Blocks, Blocks] = self.kept_parameters, self.kept_statistics
        everyone = x.expand(kept[0].members, *x.shape)
        architecture = self._stack.architecture
        return to_floats(forward(architecture, kept[0].views, kept[1].views, everyone))
