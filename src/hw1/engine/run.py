"""The state of one training: members that go on, and what the others have kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hw1.engine.architecture import Architecture
from hw1.engine.arrays import Array, to_floats
from hw1.engine.backend import Backend
from hw1.engine.blocks import Blocks
from hw1.engine.gradients import Batch
from hw1.engine.members import Member
from hw1.engine.randomness import Randomness
from hw1.engine.rows import Rows, batch_sizes
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
        members: Sequence[Member],
        rows: Rows,
        validation: Rows | None,
        backend: Backend,
    ) -> None:
        self._params, self._arrays = params, backend.arrays
        self._rows, self._validation = rows, validation
        self._x, self._y = backend.arrays.floats(rows.x), backend.arrays.floats(rows.y)
        self._validation_x = None if validation is None else backend.arrays.floats(validation.x)
        self._batches = batch_sizes(len(rows.x), params.batch_size)
        self._randomness = Randomness([member.seed for member in members])
        self._stack = Stack(architecture, params, members, self._randomness, backend)
        self.active = list(range(len(members)))
        self.kept_parameters = _copied(self._stack.parameters)
        self.kept_statistics = _copied(self._stack.statistics)
        self._validation_errors = np.full(len(members), np.nan)
        self._make_room()

    def _make_room(self) -> None:
        """Make the arrays that the rows of a step are copied to."""
        members, empty = len(self.active), self._arrays.empty
        self._room = {
            size: (empty(members, size, self._x.shape[1]), empty(members, size))
            for size in set(self._batches)
        }

    def epoch(self, number: int) -> tuple[Floats, list[float]]:
        """Take every step of an epoch; the device is waited for once, when all are on their way.

        Returns:
            Losses of all steps, shape [steps, members in training], and the learning rates of a
            member that has none of its own.
        """
        orders = self._arrays.positions(self._randomness.orders(len(self._x)))
        factors = self._factors(number)
        losses = self._arrays.empty(len(factors), len(self.active))
        start = 0
        steps = zip(self._batches, self._masks(), factors, strict=True)
        for step, (size, masks, factor) in enumerate(steps):
            x, y = self._room[size]
            chosen = orders[:, start : start + size]
            start += size
            self._arrays.take(self._x, chosen, x)
            self._arrays.take(self._y, chosen, y)
            losses[step] = self._stack.step(Batch(x, y, masks), factor)
        common = self._params.optimizer.learning_rate
        return to_floats(self._arrays, losses), [common * factor for factor in factors]

    def _masks(self) -> Iterator[list[Array]]:
        drawn = self._randomness.masks(self._stack.architecture, self._batches)
        return self._arrays.batches(drawn)

    def _factors(self, number: int) -> list[float]:
        steps, planned = len(self._batches), self._params.epochs
        times = [number - 1 + step / steps for step in range(steps)]
        return [learning_rate_factor(self._params.schedule, time, planned, steps) for time in times]

    def validation_errors(self) -> Floats | None:
        """Validation errors of the members in training; None without validation rows."""
        if self._validation is None:
            return None
        outputs = self._stack.outputs(self._validation_x)
        errors = self._validation.errors(to_floats(self._arrays, outputs))
        self._validation_errors[self.active] = errors
        return errors

    def keep(self, members: Sequence[int]) -> None:
        """Remember the present weights of some of the members in training."""
        chosen = list(members)
        positions = [self.active.index(member) for member in chosen]
        if chosen:
            self.kept_parameters.flat[chosen] = self._stack.parameters.flat[positions]
            self.kept_statistics.flat[chosen] = self._stack.statistics.flat[positions]

    def let_go(self, members: Sequence[int]) -> None:
        """End the training of some members; the stack goes on without them."""
        if not members:
            return
        if self._validation is not None:
            errors = self._validation.errors(self._kept_outputs(self._validation_x))
            self._validation_errors[list(members)] = errors[list(members)]
        staying = [place for place, one in enumerate(self.active) if one not in members]
        self.active = [self.active[place] for place in staying]
        if self.active:
            self._stack.keep(staying)
            self._randomness.keep(staying)
            self._make_room()

    def mean_validation_error(self) -> float | None:
        """Mean over all members; one that has finished counts with the weights it keeps."""
        return None if self._validation is None else float(self._validation_errors.mean())

    def mean_train_error(self) -> float:
        """The same on the training rows."""
        if len(self.active) == self.kept_parameters.members:
            outputs = to_floats(self._arrays, self._stack.outputs(self._x))
        else:
            outputs = self._kept_outputs(self._x)
            if self.active:
                outputs[self.active] = to_floats(self._arrays, self._stack.outputs(self._x))
        return float(self._rows.errors(outputs).mean())

    def _kept_outputs(self, x: Array) -> Floats:
        kept = self._stack.outputs_of(self.kept_parameters, self.kept_statistics, x)
        return to_floats(self._arrays, kept)


def _copied(blocks: Blocks) -> Blocks:
    everyone = list(range(blocks.members))
    return Blocks(blocks.shapes, blocks.flat[everyone])
