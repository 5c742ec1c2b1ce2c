"""Every member's own random numbers: first weights, order of rows, dropout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from numpy.random import SFC64, Generator, SeedSequence

from hw1.engine.architecture import Architecture

# values drawn at once for one member: bounds memory, and must not depend on the stack's size,
# or else a member's numbers would depend on its company
DRAWN_AT_ONCE = 262_144
# dropout compares 16 bits a value, a quarter of what a float would draw
LEVELS = 65_536

Masks = list[npt.NDArray[np.float32]]
"""A step's dropout: for every hidden layer 0 or 1 / (share kept), shape [members, rows, width]."""


class Randomness:
    """Generators of a stack's members.

    They are numpy's, so that a seed means the same on every device, and each use has its own, so
    that dropout, say, does not change the order of rows.

    Attributes:
        initial: one generator a member, for its first parameters.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self.initial, self._order, self._dropout = (
            [Generator(SFC64(SeedSequence((seed, purpose)))) for seed in seeds]
            for purpose in range(3)
        )

    def keep(self, positions: Sequence[int]) -> None:
        """Forget all members but those at `positions`."""
        for generators in (self.initial, self._order, self._dropout):
            generators[:] = [generators[position] for position in positions]

    def orders(self, rows: int) -> npt.NDArray[np.int64]:
        """A new order of the rows for every member, shape [members, rows]."""
        return np.stack([generator.permutation(rows) for generator in self._order])

    def masks(self, architecture: Architecture, batches: Sequence[int]) -> Iterator[Masks]:
        """What each step multiplies the hidden layers by.

        Args:
            architecture: gives the share to drop and the layers' widths.
            batches: number of rows of every step.

        Yields:
            A step's masks; none where nothing is dropped.
        """
        dropped = min(round(architecture.dropout * LEVELS), LEVELS - 1)
        width = sum(architecture.hidden)
        if dropped == 0 or width == 0:
            yield from [[] for _ in batches]
            return
        factor = np.float32(LEVELS / (LEVELS - dropped))
        steps = max(1, DRAWN_AT_ONCE // (max(batches) * width))
        for start in range(0, len(batches), steps):
            several = batches[start : start + steps]
            drawn = self._drawn(sum(several) * width)
            yield from _split((drawn >= dropped) * factor, several, architecture.hidden)

    def _drawn(self, count: int) -> npt.NDArray[np.uint16]:
        """Random levels for dropout, shape [members, count]."""
        words = -(-count // 4)
        raw = [generator.bit_generator.random_raw(words) for generator in self._dropout]
        return np.stack(raw).view(np.uint16)[:, :count]


def _split(
    values: npt.NDArray[np.float32], batches: Sequence[int], widths: Sequence[int]
) -> Iterator[Masks]:
    """Cut a chunk's values into steps and layers."""
    end = 0
    for rows in batches:
        masks = []
        for width in widths:
            start, end = end, end + rows * width
            masks.append(values[:, start:end].reshape(len(values), rows, width))
        yield masks
