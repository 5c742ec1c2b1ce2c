"""The loss over w and b with one past day, and the way that gradient descent takes down it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hw1.fitted.base import Floats
from hw1.lectures.views.linear import Line, descend, loss
from hw1.lectures.views.params import SurfaceParams
from hw1.lectures.views.series import Windows

NEAR = 1.01  # of the lowest loss (RMSE): arrived
GRID = 41  # points along either axis
MARGIN = 0.25  # of the way's extent, around it


@dataclass(frozen=True)
class Descent:
    """A way down the surface.

    Attributes:
        path: w, b and RMSE (thousands of views) at the start and after every step, shape
            [steps + 1, 3].
        lowest: w, b and RMSE of least squares, shape [3].
        arrived: steps after which the loss stays within a hundredth of the lowest; None: never.
        ratio: largest over smallest curvature of the surface.
        w: grid along w, shape [GRID].
        b: grid along b, shape [GRID].
        rmse: on the grid, shape [GRID (b), GRID (w)].
    """

    path: Floats
    lowest: Floats
    arrived: int | None
    ratio: float
    w: Floats
    b: Floats
    rmse: Floats


def walk(windows: Windows, params: SurfaceParams, *, standardised: bool) -> Descent:
    """Descend from the same function in one of two coordinates.

    Args:
        windows: of which only yesterday is looked at.
        params: where to start, how many steps, and how long they are: as a share of the length
            beyond which descent runs away.
        standardised: whether w and b are of standardised views, or of thousands of views.
    """
    chosen = ~windows.unseen
    x, y, unit = windows.x[chosen, :1], windows.y[chosen], windows.scale
    begin = Line(np.array([params.w]), _standardised_bias(windows, params))
    if not standardised:
        x, y, unit = windows.in_thousands(x), windows.in_thousands(y), 1.0
        begin = Line(begin.w, params.b)
    design = np.column_stack([x, np.ones(len(y))])
    curvatures = np.linalg.eigvalsh(2 * design.T @ design / len(y))
    rate = params.share * 2 / float(curvatures[-1])
    lines = [begin, *descend(begin, x, y, rate, params.steps)]
    path = np.array([[line.w[0], line.b, unit * loss(line, x, y) ** 0.5] for line in lines])
    w, b = np.linalg.lstsq(design, y, rcond=None)[0]
    lowest = np.array([w, b, unit * loss(Line(np.array([w]), b), x, y) ** 0.5])
    extents = [np.append(path[:, axis], lowest[axis]) for axis in (0, 1)]
    # standardised, w and b are of one unit, and a square shows what shape the surface has
    span = max(np.ptp(values) for values in extents) if standardised else None
    grid_w, grid_b = (_grid(values, span) for values in extents)
    return Descent(
        path,
        lowest,
        arrived=_arrival(path[:, 2], NEAR * lowest[2]),
        ratio=float(curvatures[-1] / curvatures[0]),
        w=grid_w,
        b=grid_b,
        rmse=unit * np.sqrt(_mean_squares(design, y, *np.meshgrid(grid_w, grid_b))),
    )


def _standardised_bias(windows: Windows, params: SurfaceParams) -> float:
    """The bias for standardised views of what is `w` and `b` for thousands of views."""
    return (params.w * windows.mean + params.b - windows.mean) / windows.scale


def _grid(values: Floats, span: float | None) -> Floats:
    """Points around the values; a span widens what they cover to it."""
    low, high = float(values.min()), float(values.max())
    reach = (0.5 + MARGIN) * (high - low if span is None else span) or 1.0
    return np.linspace((low + high) / 2 - reach, (low + high) / 2 + reach, GRID)


def _mean_squares(design: Floats, y: Floats, w: Floats, b: Floats) -> Floats:
    """The loss at every point of a grid, multiplied out."""
    moments, shared = design.T @ design / len(y), design.T @ y / len(y)
    squares = moments[0, 0] * w**2 + 2 * moments[0, 1] * w * b + moments[1, 1] * b**2
    means: Floats = squares - 2 * (shared[0] * w + shared[1] * b) + float(np.mean(y**2))
    return means


def _arrival(errors: Floats, near: float) -> int | None:
    far = np.flatnonzero(errors > near)
    first = int(far[-1]) + 1 if len(far) else 0
    return first if first < len(errors) else None
