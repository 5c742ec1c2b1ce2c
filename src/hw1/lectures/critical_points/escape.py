"""Leave a saddle along the eigenvector of its most negative curvature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hw1.fitted.base import Floats
from hw1.lectures.critical_points.landscape import Landscape
from hw1.lectures.critical_points.points import Point

SHORTEST, LONGEST, TRIED = 1e-3, 1e2, 60
ZOOMS, ZOOMED = 8, 41


@dataclass(frozen=True)
class Escape:
    """A step away from a saddle.

    Attributes:
        curvature: the lowest eigenvalue of the Hessian.
        step: signed length of the step along its unit eigenvector.
        before: loss at the saddle.
        after: loss where the step ends.
        parameters: where it ends, shape [size].
    """

    curvature: float
    step: float
    before: float
    after: float
    parameters: Floats


def escape(landscape: Landscape, saddle: Point) -> Escape:
    """Search both ways along the eigenvector for the lowest loss.

    Raises:
        ValueError: the point has no negative eigenvalue.
    """
    if not saddle.negative:
        raise ValueError("there is no direction of negative curvature to leave along")
    lengths = np.geomspace(SHORTEST, LONGEST, TRIED)
    steps = np.concatenate([-lengths[::-1], [0.0], lengths])
    for _ in range(ZOOMS):
        losses = losses_along(landscape, saddle, steps)
        best = int(losses.argmin())
        step, after = float(steps[best]), float(losses[best])
        between = steps[max(best - 1, 0)], steps[min(best + 1, len(steps) - 1)]
        # an odd number of places, so that the best one so far may stay among them
        steps = np.sort(np.append(np.linspace(*between, ZOOMED), step))
    place = saddle.parameters + step * saddle.lowest_vector
    return Escape(float(saddle.eigenvalues[0]), step, saddle.loss, after, place)


def losses_along(landscape: Landscape, saddle: Point, steps: Floats) -> Floats:
    """Losses on the line through a point along its lowest eigenvector, shape [steps]."""
    return landscape.losses(saddle.parameters + steps[:, None] * saddle.lowest_vector)
