"""Activations with their derivatives, for the backward pass that is written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hw1.engine.arrays import Array
from hw1.fitted.activations import LEAKY_SLOPE

Activation = Callable[[Any, Array, Array], None]
"""Of a library, values and room for as many: turns values into the activation, in place, and
fills the room with the derivative."""


def relu(library: Any, values: Array, slope: Array) -> None:
    """max(x, 0)."""
    library.greater(values, 0.0, out=slope)
    values *= slope


def leaky_relu(library: Any, values: Array, slope: Array) -> None:
    """x, or a hundredth of it below 0."""
    library.greater(values, 0.0, out=slope)
    slope *= 1.0 - LEAKY_SLOPE
    slope += LEAKY_SLOPE
    values *= slope


def elu(library: Any, values: Array, slope: Array) -> None:
    """x, or exp(x) - 1 below 0."""
    # (x - |x|) / 2 is the part below 0, exactly; the rest is the part above
    library.abs(values, out=slope)
    library.subtract(values, slope, out=slope)
    slope *= 0.5
    values -= slope
    library.expm1(slope, out=slope)
    values += slope
    slope += 1.0


def tanh(library: Any, values: Array, slope: Array) -> None:
    """The hyperbolic tangent."""
    library.tanh(values, out=values)
    library.multiply(values, values, out=slope)
    library.subtract(1.0, slope, out=slope)


def sigmoid(library: Any, values: Array, slope: Array) -> None:
    """1 / (1 + exp(-x))."""
    to_sigmoid(library, values)
    library.multiply(values, values, out=slope)
    library.subtract(values, slope, out=slope)


def to_sigmoid(library: Any, values: Array) -> None:
    """Turn values into 1 / (1 + exp(-x)), in place, by way of tanh, which does not overflow."""
    values *= 0.5
    library.tanh(values, out=values)
    values += 1.0
    values *= 0.5


WRITTEN_OUT: dict[str, Activation] = {
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "tanh": tanh,
    "sigmoid": sigmoid,
}
