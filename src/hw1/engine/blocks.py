"""Named arrays of a stack, kept in one array with one row a member.

An optimizer step over one array costs a few operations instead of a few for every layer, a
member's own learning rate is a factor of its row, and members are kept or copied by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from hw1.engine.arrays import Array

Shapes = Mapping[str, tuple[int, int]]
Views = Mapping[str, Array]


class Blocks:
    """Arrays of shape [members, *shape] by name, all of them views into `flat`.

    Attributes:
        shapes: one member's shape of every block.
        flat: all values, shape [members, size]; a row holds a member's blocks in order.
        views: the blocks by name.
    """

    def __init__(self, shapes: Shapes, flat: Array) -> None:
        self.shapes = dict(shapes)
        self.flat = flat
        self.views: dict[str, Array] = {}
        start = 0
        for name, shape in shapes.items():
            end = start + prod(shape)
            self.views[name] = flat[:, start:end].reshape(len(flat), *shape)
            start = end

    @property
    def members(self) -> int:
        """Number of members."""
        return len(self.flat)


def size_of(shapes: Shapes) -> int:
    """How many numbers one member's blocks hold."""
    return sum(prod(shape) for shape in shapes.values())
