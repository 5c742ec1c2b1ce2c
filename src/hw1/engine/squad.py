"""Members of a training that take their steps together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hw1.engine.architecture import Architecture
from hw1.engine.arrays import Array
from hw1.engine.backend import Backend
from hw1.engine.gradients import Batch
from hw1.engine.members import Member, dropouts
from hw1.engine.randomness import Randomness
from hw1.engine.stack import Stack
from hw1.engine.tables import Tables
from hw1.params.train import TrainParams


class Squad:
    """A stack with its members' random numbers.

    Args:
        numbers: which of all members these are, ascending.
        members: all members.
        architecture: the networks' shape.
        params: optimizer and penalties.
        backend: what computes.

    Attributes:
        numbers: of the members that are still in training; the stack holds just these.
        tables: which table each of them has.
        stack: their networks.
    """

    def __init__(
        self,
        numbers: Sequence[int],
        members: Sequence[Member],
        architecture: Architecture,
        params: TrainParams,
        backend: Backend,
    ) -> None:
        self.numbers = list(numbers)
        own = [members[number] for number in numbers]
        self.tables = [member.table for member in own]
        self._arrays = backend.arrays
        seeds = [member.seed for member in own]
        self._randomness = Randomness(seeds, dropouts(own, architecture))
        self.stack = Stack(architecture, params, own, self._randomness, backend)
        self._room: dict[int, tuple[Array, Array]] = {}

    def epoch(self, tables: Tables, batches: Sequence[int], factors: Sequence[float]) -> Array:
        """Take every step of an epoch; the device is not waited for.

        Args:
            tables: what to learn from.
            batches: rows of every step.
            factors: what the learning rates are multiplied by at every step.

        Returns:
            Losses, shape [steps, members in training].
        """
        orders = self._orders(tables.rows)
        widths = self.stack.architecture.hidden
        masks = self._arrays.batches(self._randomness.masks(widths, batches))
        losses = self._arrays.empty(len(batches), len(self.numbers))
        start = 0
        for step, (size, factor, dropped) in enumerate(zip(batches, factors, masks, strict=True)):
            chosen = orders[:, start : start + size]
            start += size
            batch = Batch(*self._room_for(size, tables.features, tables.outputs), dropped)
            self._arrays.take(tables.x, chosen, batch.x)
            self._arrays.take(tables.y, chosen, batch.y)
            losses[step] = self.stack.step(batch, factor)
        return losses

    def _orders(self, rows: int) -> Array:
        """Every member's rows in a new order, as positions in all tables, [members, rows]."""
        orders = self._randomness.orders(rows)
        if any(self.tables):
            orders += rows * np.array(self.tables)[:, None]
        return self._arrays.positions(orders)

    def _room_for(self, size: int, features: int, outputs: int) -> tuple[Array, Array]:
        """What the rows of a step are copied to, made once."""
        if size not in self._room:
            members, empty = len(self.numbers), self._arrays.empty
            self._room[size] = (empty(members, size, features), empty(members, size, outputs))
        return self._room[size]

    def positions(self, members: Sequence[int]) -> list[int]:
        """Where those of these members stand that are in this squad."""
        wanted = set(members)
        return [place for place, number in enumerate(self.numbers) if number in wanted]

    def let_go(self, members: Sequence[int]) -> None:
        """Go on without some members, if any are left."""
        leaving = set(self.positions(members))
        if not leaving:
            return
        staying = [place for place in range(len(self.numbers)) if place not in leaving]
        self.numbers = [self.numbers[place] for place in staying]
        self.tables = [self.tables[place] for place in staying]
        if staying:
            self.stack.keep(staying)
            self._randomness.keep(staying)
        self._room = {}
