"""The state of one training: members that go on, and what the others have kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hw1.engine.architecture import Architecture
from hw1.engine.arrays import Array, to_floats
from hw1.engine.backend import Backend
from hw1.engine.blocks import Blocks
from hw1.engine.members import Member
from hw1.engine.rows import Rows, batch_sizes
from hw1.engine.schedules import learning_rate_factor
from hw1.engine.squad import Squad
from hw1.fitted.base import Floats
from hw1.params.train import TrainParams


class Run:
    """Members in training.

    Attributes:
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
        together = backend.members_together(architecture, self._batches[0])
        self._squads = [
            Squad(numbers, members, architecture, params, backend)
            for numbers in _groups(len(members), together)
        ]
        stacks = [squad.stack for squad in self._squads]
        self.kept_parameters = self._joined([stack.parameters for stack in stacks])
        self.kept_statistics = self._joined([stack.statistics for stack in stacks])
        self._outputs_of = stacks[0].outputs_of
        self._validation_errors = np.full(len(members), np.nan)

    def _joined(self, blocks: Sequence[Blocks]) -> Blocks:
        flat = self._arrays.library.concatenate([one.flat for one in blocks])
        return Blocks(blocks[0].shapes, flat)

    @property
    def active(self) -> list[int]:
        """The members still in training, ascending."""
        return [number for squad in self._squads for number in squad.numbers]

    def epoch(self, number: int) -> tuple[Floats, list[float]]:
        """Take every step of an epoch.

        Returns:
            Losses of all steps, shape [steps, members in training], and the learning rates of a
            member that has none of its own.
        """
        factors = self._factors(number)
        losses = [squad.epoch(self._x, self._y, self._batches, factors) for squad in self._squads]
        together = np.concatenate([to_floats(self._arrays, one) for one in losses], axis=1)
        common = self._params.optimizer.learning_rate
        return together, [common * factor for factor in factors]

    def _factors(self, number: int) -> list[float]:
        steps, planned = len(self._batches), self._params.epochs
        times = [number - 1 + step / steps for step in range(steps)]
        return [learning_rate_factor(self._params.schedule, time, planned, steps) for time in times]

    def validation_errors(self) -> Floats | None:
        """Validation errors of the members in training; None without validation rows."""
        if self._validation is None:
            return None
        errors = self._validation.errors(self._outputs(self._validation_x))
        self._validation_errors[self.active] = errors
        return errors

    def keep(self, members: Sequence[int]) -> None:
        """Remember the present weights of some of the members in training."""
        for squad in self._squads:
            positions = squad.positions(members)
            if positions:
                numbers = [squad.numbers[position] for position in positions]
                self.kept_parameters.flat[numbers] = squad.stack.parameters.flat[positions]
                self.kept_statistics.flat[numbers] = squad.stack.statistics.flat[positions]

    def let_go(self, members: Sequence[int]) -> None:
        """End the training of some members; the others go on without them."""
        if not members:
            return
        if self._validation is not None:
            errors = self._validation.errors(self._kept_outputs(self._validation_x))
            self._validation_errors[list(members)] = errors[list(members)]
        for squad in self._squads:
            squad.let_go(members)
        self._squads = [squad for squad in self._squads if squad.numbers]

    def mean_validation_error(self) -> float | None:
        """Mean over all members; one that has finished counts with the weights it keeps."""
        return None if self._validation is None else float(self._validation_errors.mean())

    def mean_train_error(self) -> float:
        """The same on the training rows."""
        active = self.active
        if len(active) == self.kept_parameters.members:
            outputs = self._outputs(self._x)
        else:
            outputs = self._kept_outputs(self._x)
            if active:
                outputs[active] = self._outputs(self._x)
        return float(self._rows.errors(outputs).mean())

    def _outputs(self, x: Array) -> Floats:
        """Outputs of the members in training, shape [members in training, rows]."""
        outputs = [squad.stack.outputs(x) for squad in self._squads]
        return np.concatenate([to_floats(self._arrays, one) for one in outputs])

    def _kept_outputs(self, x: Array) -> Floats:
        """Outputs of all members with the weights they keep, shape [members, rows]."""
        kept = self._outputs_of(self.kept_parameters, self.kept_statistics, x)
        return to_floats(self._arrays, kept)


def _groups(members: int, together: int) -> list[range]:
    return [range(start, min(start + together, members)) for start in range(0, members, together)]
