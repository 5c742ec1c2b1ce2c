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
    flat = outputs.reshape(len(outputs), -1, 1)
    count = flat.shape[1]
    losses = library.matmul(flat.swapaxes(1, 2), flat)[:, 0, 0] / count
    outputs *= 2.0 / count
    return losses


def cross_entropy(library: Any, outputs: Array, targets: Array, room: Array) -> Array:
    """log(1 + exp(output)) - target * output, of logits and targets in 0..1.

    It is the sum of two terms that are never negative and never overflow: what the wrong sign
    costs, output * ([output > 0] - target), and log(1 + exp(-|output|)).
    """
    flat = room.reshape(len(room), -1)
    library.greater(outputs, 0.0, out=room)
    room -= targets
    room *= outputs
    losses = flat.mean(1)
    library.abs(outputs, out=room)
    library.negative(room, out=room)
    library.exp(room, out=room)
    library.log1p(room, out=room)
    losses += flat.mean(1)
    to_sigmoid(library, outputs)
    outputs -= targets
    outputs *= 1.0 / flat.shape[1]
    return losses


LOSSES: dict[LossName, Loss] = {"squared": squared, "cross_entropy": cross_entropy}
