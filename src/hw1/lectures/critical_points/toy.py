"""The lecture's smallest network: two weights in a row, and one example."""

from __future__ import annotations

from torch import Tensor

from hw1.lectures.critical_points.landscape import Landscape


def toy_landscape(x: float = 1.0, y: float = 1.0) -> Landscape:
    """The squared error of `w1 w2 x` for one example: a saddle at the origin, two valleys."""

    def loss(weights: Tensor) -> Tensor:
        return (y - weights[0] * weights[1] * x) ** 2

    return Landscape(loss, size=2, terms=1)
