"""The linear model and gradient descent, written out: learning in three steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hw1.core.errors import Hw1Error
from hw1.fitted.base import Floats


@dataclass(frozen=True)
class Line:
    """The unknown parameters.

    Attributes:
        w: a weight for every past day, shape [past days].
        b: the bias.
    """

    w: Floats
    b: float


def predict(line: Line, x: Floats) -> Floats:
    """Step 1, a function with unknown parameters: y = b + sum over j of w_j x_j."""
    return line.b + x @ line.w


def loss(line: Line, x: Floats, y: Floats) -> float:
    """Step 2, how bad a choice of parameters is: the mean squared error."""
    return float(np.mean((predict(line, x) - y) ** 2))


def optimise(line: Line, x: Floats, y: Floats, rate: float, steps: int) -> Line:
    """Step 3, the best parameters: so many steps down the slope of the loss.

    Raises:
        Hw1Error: the steps are too long, and the loss grows without end.
    """
    for following in descend(line, x, y, rate, steps):
        line = following
    return line


def descend(line: Line, x: Floats, y: Floats, rate: float, steps: int) -> Iterator[Line]:
    """Yield the parameters after each step of gradient descent; see `optimise`."""
    for step in range(1, steps + 1):
        slope = gradient(line, x, y)
        line = Line(line.w - rate * slope.w, line.b - rate * slope.b)
        if not (np.isfinite(line.b) and np.all(np.isfinite(line.w))):
            raise Hw1Error(f"gradient descent ran away in step {step}; lower its learning rate")
        yield line


def gradient(line: Line, x: Floats, y: Floats) -> Line:
    """The slope of the loss along every parameter."""
    # what runs away overflows first, and is told by who follows the slope
    with np.errstate(over="ignore", invalid="ignore"):
        error = predict(line, x) - y
        return Line(2 * x.T @ error / len(y), 2 * float(error.mean()))
