"""A piecewise-linear curve as a constant and a sum of pieces, one for every stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hw1.fitted.base import Floats


@dataclass(frozen=True)
class Piece:
    """One stretch of the curve, level on both sides of it.

    Attributes:
        begin: x where it begins to rise or fall.
        end: x where it ends.
        rise: how much the curve is higher at the end.
    """

    begin: float
    end: float
    rise: float

    @property
    def slope(self) -> float:
        """Rise per unit of x."""
        return self.rise / (self.end - self.begin)


def pieces_of(points: Sequence[Sequence[float]]) -> tuple[float, list[Piece]]:
    """The constant and the pieces that make up the curve through some points, left to right."""
    pairs = pairwise(points)
    return points[0][1], [Piece(x, then_x, then_y - y) for (x, y), (then_x, then_y) in pairs]


def hard_sigmoid(piece: Piece, x: Floats) -> Floats:
    """0 before the piece, its rise after it, a straight line between."""
    return piece.rise * np.clip((x - piece.begin) / (piece.end - piece.begin), 0, 1)


def two_relus(piece: Piece, x: Floats) -> Floats:
    """The same: one ReLU that begins to rise, and one that takes the rise back from the end on."""
    return piece.slope * (np.maximum(x - piece.begin, 0) - np.maximum(x - piece.end, 0))


def sigmoid(piece: Piece, x: Floats) -> Floats:
    """The sigmoid that is as steep as the piece in its middle."""
    steepness, middle = 4 / (piece.end - piece.begin), (piece.begin + piece.end) / 2
    return piece.rise / (1 + np.exp(-steepness * (x - middle)))
