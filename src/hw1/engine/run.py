"""The state of one training: members that go on, and what the others have kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hw1.engine.architecture import Architecture
from hw1.engine.backend import Backend
from hw1.engine.blocks import Blocks
from hw1.engine.members import Member
from hw1.engine.rows import batch_sizes
from hw1.engine.schedules import learning_rate_factor
from hw1.engine.squad import Squad
from hw1.engine.tables import Tables
from hw1.fitted.base import Floats
from hw1.params.train import TrainParams


class Run:
    """Members in training.

    Attributes:
        kept_parameters: what every member keeps so far, shape [members, ...].
        kept_statistics: batch norm's running statistics that go with it.
        validation_errors: of every member, shape [members]; of one that has left, those of what it
            keeps; NaN where none is known.
    """

    def __init__(
        self,
        *,
        architecture: Architecture,
        params: TrainParams,
        members: Sequence[Member],
        rows: Tables,
        validation: Tables | None,
        backend: Backend,
    ) -> None:
        self._params, self._backend = params, backend
        self._tables = [member.table for member in members]
        self._rows, self._validation = rows, validation
        self._batches = batch_sizes(rows.rows, params.batch_size)
        together = backend.members_together(architecture, self._batches[0])
        self._squads = [
            Squad(numbers, members, architecture, params, backend)
            for numbers in _groups(len(members), together)
        ]
        stacks = [squad.stack for squad in self._squads]
        self.kept_parameters = self._joined([stack.parameters for stack in stacks])
        self.kept_statistics = self._joined([stack.statistics for stack in stacks])
        self.validation_errors = np.full(len(members), np.nan)
        self._kept_errors = self.validation_errors.copy()

    def _joined(self, blocks: Sequence[Blocks]) -> Blocks:
        flat = self._backend.arrays.library.concatenate([one.flat for one in blocks])
        return Blocks(blocks[0].shapes, flat)

    @property
    def active(self) -> list[int]:
        """The members still in training, ascending."""
        return [number for squad in self._squads for number in squad.numbers]

    def epoch(self, number: int) -> tuple[Floats, list[float]]:
        """Take every step of an epoch.

        Returns:
            Losses of all steps, shape [steps, members in training], and what the learning rates
            were multiplied by at each.
        """
        factors, to_floats = self._factors(number), self._backend.arrays.to_floats
        losses = [squad.epoch(self._rows, self._batches, factors) for squad in self._squads]
        return np.concatenate([to_floats(one) for one in losses], axis=1), factors

    def _factors(self, number: int) -> list[float]:
        steps, planned = len(self._batches), self._params.epochs
        times = [number - 1 + step / steps for step in range(steps)]
        return [learning_rate_factor(self._params.schedule, time, planned, steps) for time in times]

    def judge(self) -> None:
        """Bring the validation errors of the members in training up to date."""
        if self._validation is not None:
            self.validation_errors[self.active] = self._errors(self._validation)

    def keep(self, members: Sequence[int]) -> None:
        """Remember the present weights of some of the members in training."""
        self._kept_errors[list(members)] = self.validation_errors[list(members)]
        for squad in self._squads:
            positions = squad.positions(members)
            if positions:
                numbers = [squad.numbers[position] for position in positions]
                self.kept_parameters.flat[numbers] = squad.stack.parameters.flat[positions]
                self.kept_statistics.flat[numbers] = squad.stack.statistics.flat[positions]

    def let_go(self, members: Sequence[int]) -> None:
        """End the training of some members; the others go on without them."""
        self.validation_errors[list(members)] = self._kept_errors[list(members)]
        for squad in self._squads:
            squad.let_go(members)
        self._squads = [squad for squad in self._squads if squad.numbers]

    def train_errors(self) -> Floats:
        """Errors on the training rows like `validation_errors`, shape [members]."""
        errors = np.empty(len(self._tables))
        active = self.active
        if active:
            errors[active] = self._errors(self._rows)
        gone = sorted(set(range(len(errors))) - set(active))
        if gone:
            errors[gone] = self._kept_errors_on(self._rows, gone)
        return errors

    def _errors(self, tables: Tables) -> Floats:
        """Errors of the members in training."""
        outputs = [
            self._outputs(squad.stack.parameters, squad.stack.statistics, tables, squad.tables)
            for squad in self._squads
        ]
        own = [table for squad in self._squads for table in squad.tables]
        return tables.errors(np.concatenate(outputs), own)

    def _kept_errors_on(self, tables: Tables, members: list[int]) -> Floats:
        """Errors of some members with the weights they keep."""
        own = [self._tables[member] for member in members]
        parameters, statistics = (
            Blocks(blocks.shapes, blocks.flat[members])
            for blocks in (self.kept_parameters, self.kept_statistics)
        )
        return tables.errors(self._outputs(parameters, statistics, tables, own), own)

    def _outputs(
        self, parameters: Blocks, statistics: Blocks, tables: Tables, own: Sequence[int]
    ) -> Floats:
        """Outputs of members with tables of their own; see `hw1.engine.gradients.Gradients`."""
        outputs = self._backend.gradients.outputs(
            parameters.views, statistics.views, *tables.seen_by(own)
        )
        return self._backend.arrays.to_floats(outputs)


def _groups(members: int, together: int) -> list[range]:
    return [range(start, min(start + together, members)) for start in range(0, members, together)]
