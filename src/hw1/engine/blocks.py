"""Named tensors of a stack, kept in one flat tensor.

An optimizer step over one flat tensor costs a few kernels instead of a few for every layer, and
snapshots, penalties and later hand-written gradients all work on the same memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import torch
from torch import Tensor

Shapes = Mapping[str, tuple[int, int]]


class Blocks:
    """Tensors of shape [members, *shape] by name, all of them views into `flat`.

    Attributes:
        shapes: one member's shape of every block.
        members: number of members.
        flat: all values, block after block, one dimension.
        views: the blocks by name.
    """

    def __init__(self, shapes: Shapes, flat: Tensor, members: int) -> None:
        self.shapes = dict(shapes)
        self.members = members
        self.flat = flat
        self.views = views_of(flat, shapes, members)

    @classmethod
    def zeros(cls, shapes: Shapes, members: int, like: Tensor) -> Blocks:
        """Blocks of zeros with the type and device of `like`."""
        size = members * sum(prod(shape) for shape in shapes.values())
        return cls(shapes, like.new_zeros(size), members)

    def select(self, positions: Sequence[int]) -> Blocks:
        """A copy that holds only the members at `positions`."""
        return Blocks(self.shapes, select_members(self.flat, self, positions), len(positions))

    @torch.no_grad()
    def copy_members(self, targets: Sequence[int], source: Blocks, origins: Sequence[int]) -> None:
        """Overwrite the members `targets` by the members `origins` of `source`."""
        for name, view in self.views.items():
            view[list(targets)] = source.views[name][list(origins)]


def views_of(flat: Tensor, shapes: Shapes, members: int) -> dict[str, Tensor]:
    """The blocks of a flat tensor, each a view of shape [members, *shape]."""
    views, start = {}, 0
    for name, shape in shapes.items():
        end = start + members * prod(shape)
        views[name] = flat[start:end].view(members, *shape)
        start = end
    return views


@torch.no_grad()
def select_members(flat: Tensor, layout: Blocks, positions: Sequence[int]) -> Tensor:
    """The flat form, laid out like `layout.flat`, of the members at `positions` alone."""
    views = views_of(flat, layout.shapes, layout.members).values()
    chosen = [view[list(positions)].flatten() for view in views]
    return torch.cat(chosen) if chosen else flat.clone()
