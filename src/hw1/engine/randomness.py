"""Every member's own random numbers: initial weights, order of rows, dropout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Generator, Tensor

from hw1.engine.architecture import Architecture

# values drawn at once for one member: bounds memory, and must not depend on the stack's size,
# or else a member's numbers would depend on its company
DRAWN_AT_ONCE = 262_144


class Randomness:
    """Generators of a stack's members.

    They live on the CPU, so that a seed means the same on every device, and each use has its own,
    so that dropout, say, does not change the order of rows.

    Attributes:
        initial: one generator a member, for its first parameters.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self.initial, self._order, self._dropout = (
            [_generator(seed, purpose) for seed in seeds] for purpose in range(3)
        )

    def keep(self, positions: Sequence[int]) -> None:
        """Forget all members but those at `positions`."""
        for generators in (self.initial, self._order, self._dropout):
            generators[:] = [generators[position] for position in positions]

    def orders(self, rows: int) -> Tensor:
        """A new order of the rows for every member, shape [members, rows]."""
        return torch.stack([torch.randperm(rows, generator=one) for one in self._order])

    def masks(
        self, architecture: Architecture, batches: Sequence[int], like: Tensor
    ) -> Iterator[Tensor | None]:
        """What each step multiplies the hidden layers by: 0, or 1 / (1 - dropout).

        Args:
            architecture: gives the share to drop and the layers' widths.
            batches: number of rows of every step.
            like: a tensor with the type and device that masks shall have.

        Yields:
            A step's mask for all hidden layers side by side, shape [members, rows, sum of
            widths]; None where nothing is dropped.
        """
        width = sum(architecture.hidden)
        if architecture.dropout == 0.0 or width == 0:
            yield from [None] * len(batches)
            return
        steps = max(1, DRAWN_AT_ONCE // (max(batches) * width))
        for start in range(0, len(batches), steps):
            several = batches[start : start + steps]
            drawn = torch.stack(
                [torch.rand(sum(several), width, generator=one) for one in self._dropout]
            )
            mask = (drawn >= architecture.dropout).to(like).div_(1.0 - architecture.dropout)
            yield from mask.split_with_sizes(list(several), dim=1)


def _generator(seed: int, purpose: int) -> Generator:
    state = np.random.SeedSequence((seed, purpose)).generate_state(1, np.uint32)
    return Generator().manual_seed(int(state[0]))
