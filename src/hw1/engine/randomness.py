"""Every member's own random numbers: first weights, order of rows, dropout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from numpy.random import SFC64, Generator, SeedSequence

from hw1.engine.architecture import Architecture

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
        if dropped == 0:
            yield from ([] for _ in batches)
            return
        factor, widths = LEVELS / (LEVELS - dropped), architecture.hidden
        for rows in batches:
            kept = self._kept(rows * sum(widths), dropped)
            kept *= factor
            yield _split(kept, rows, widths)

    def _kept(self, count: int, dropped: int) -> npt.NDArray[np.float32]:
        """1 for what stays, 0 for what is dropped, shape [members, count]."""
        kept = np.empty((len(self._dropout), count), np.float32)
        words = -(-count // 4)
        for member, generator in enumerate(self._dropout):
            levels = generator.bit_generator.random_raw(words).view(np.uint16)
            np.greater_equal(levels[:count], dropped, out=kept[member])
        return kept


def _split(values: npt.NDArray[np.float32], rows: int, widths: Sequence[int]) -> Masks:
    """Cut a step's values into layers."""
    masks, end = [], 0
    for width in widths:
        start, end = end, end + rows * width
        masks.append(values[:, start:end].reshape(len(values), rows, width))
    return masks
