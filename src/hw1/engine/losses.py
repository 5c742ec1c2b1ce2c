"""What networks learn to make small, with its derivative written out for either library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from hw1.engine.activations import to_sigmoid
from hw1.engine.arrays import Array

LossName = Literal["squared", "cross_entropy"]

Loss = Callable[[Any, Array, Array, Array], Array]
"""Of a library, outputs, targets and room for as many, all of shape [members, rows, outputs]: gives
every member's mean over rows and outputs, shape [members], and turns the outputs, in place, into
its derivative by them."""


def squared(library: Any, outputs: Array, targets: Array, room: Array) -> Array:
    """(output - target)^2."""
    del room
    outputs -= targets
    count = outputs.shape[1] * outputs.shape[2]
    losses = _products(library, outputs, outputs) / count
    outputs *= 2.0 / count
    return losses


def cross_entropy(library: Any, outputs: Array, targets: Array, room: Array) -> Array:
    """log(1 + exp(output)) - target * output, of logits and targets in 0..1.

    It is the sum of two terms that are never negative and never overflow: what the wrong sign
    costs, output * ([output > 0] - target), and log(1 + exp(-|output|)).
    """
    library.greater(outputs, 0.0, out=room)
    room -= targets
    losses = _products(library, room, outputs)
    library.abs(outputs, out=room)
    library.negative(room, out=room)
    library.exp(room, out=room)
    library.log1p(room, out=room)
    flat = room.reshape(len(room), -1)
    losses += flat.sum(1)
    to_sigmoid(library, outputs)
    outputs -= targets
    outputs *= 1.0 / flat.shape[1]
    return losses / flat.shape[1]


def _products(library: Any, one: Array, other: Array) -> Array:
    """Every member's sum of products, shape [members]; a matrix product is quicker than a sum."""
    row, column = one.reshape(len(one), 1, -1), other.reshape(len(other), -1, 1)
    return library.matmul(row, column)[:, 0, 0]


LOSSES: dict[LossName, Loss] = {"squared": squared, "cross_entropy": cross_entropy}
