"""Every member's own random numbers: first weights, order of rows, dropout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from numpy.random import SFC64, Generator, SeedSequence

# dropout compares 16 bits a value, a quarter of what a float would draw
LEVELS = 65_536

Masks = list[npt.NDArray[np.float32]]
"""A step's dropout: for every hidden layer 0 or 1 / (share kept), shape [members, rows, width]."""


class Randomness:
    """Generators of a stack's members.

    They are numpy's, so that a seed means the same on every device, and each use has its own, so
    that dropout, say, does not change the order of rows.

    Args:
        seeds: one a member.
        dropouts: every member's share of hidden outputs to zero; None drops nothing.

    Attributes:
        initial: one generator a member, for its first parameters.
    """

    def __init__(self, seeds: Sequence[int], dropouts: Sequence[float] | None = None) -> None:
        shares = [0.0] * len(seeds) if dropouts is None else dropouts
        self._dropped = [min(round(share * LEVELS), LEVELS - 1) for share in shares]
        self.initial, self._order, self._dropout = (
            [Generator(SFC64(SeedSequence((seed, purpose)))) for seed in seeds]
            for purpose in range(3)
        )

    def keep(self, positions: Sequence[int]) -> None:
        """Forget all members but those at `positions`."""
        for generators in (self.initial, self._order, self._dropout):
            generators[:] = [generators[position] for position in positions]
        self._dropped = [self._dropped[position] for position in positions]

    def orders(self, rows: int) -> npt.NDArray[np.int64]:
        """A new order of the rows for every member, shape [members, rows]."""
        return np.stack([generator.permutation(rows) for generator in self._order])

    def masks(self, widths: Sequence[int], batches: Sequence[int]) -> Iterator[Masks]:
        """What each step multiplies the hidden layers by.

        Args:
            widths: of the hidden layers.
            batches: number of rows of every step.

        Yields:
            A step's masks; none where no member drops anything.
        """
        if not any(self._dropped):
            yield from ([] for _ in batches)
            return
        scales = [LEVELS / (LEVELS - dropped) for dropped in self._dropped]
        column = np.array(scales, np.float32)[:, None]
        for rows in batches:
            factors = self._kept(rows * sum(widths))
            factors *= column
            yield _split(factors, rows, widths)

    def _kept(self, count: int) -> npt.NDArray[np.float32]:
        """1 for what stays, 0 for what is dropped, shape [members, count]."""
        kept = np.empty((len(self._dropout), count), np.float32)
        words = -(-count // 4)
        for member, dropped in enumerate(self._dropped):
            if dropped:
                levels = self._dropout[member].bit_generator.random_raw(words).view(np.uint16)
                np.greater_equal(levels[:count], dropped, out=kept[member])
            else:
                kept[member] = 1.0
        return kept


def _split(values: npt.NDArray[np.float32], rows: int, widths: Sequence[int]) -> Masks:
    """Cut a step's values into layers."""
    masks, end = [], 0
    for width in widths:
        start, end = end, end + rows * width
        masks.append(values[:, start:end].reshape(len(values), rows, width))
    return masks
