"""Searches for critical points: downhill to minima, and to wherever the gradient vanishes.

Networks have few parameters here, so that every step may use the whole Hessian.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hw1.fitted.base import Floats
from hw1.lectures.critical_points.landscape import Landscape

Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

FIRST_DAMPING = 1e-2
EASIER, HARDER, LEAST_DAMPING = 1 / 3, 4.0, 1e-15
ATTEMPTS = 10
ROUNDING = 8.0 * float(np.finfo(np.float64).eps)
# of the largest curvature: what is flatter gets no Newton step of its full length
FLATTEST = 1e-8


def descend(landscape: Landscape, starts: Floats, steps: int, tolerance: float) -> Floats:
    """Go downhill by the saddle-free Newton method (Dauphin et al. 2014, arXiv:1406.2572).

    Along each eigenvector it goes against the gradient, by a Newton step of the curvature's
    absolute value; so it runs away from saddles, where Newton's own steps would lead.

    Args:
        landscape: the loss.
        starts: where to begin, shape [points, size].
        steps: at most so many.
        tolerance: gradient norm at which to stop.

    Returns:
        Where each search ended, shape [points, size].
    """
    points = starts.copy()
    damping = np.full(len(points), FIRST_DAMPING)
    active = np.arange(len(points))
    for _ in range(steps):
        gradients = landscape.gradients(points[active])
        moving = np.linalg.norm(gradients, axis=1) > tolerance
        active, gradients = active[moving], gradients[moving]
        if not len(active):
            break
        active = active[_step_down(landscape, points, damping, active, gradients)]
    return points


def seek(
    landscape: Landscape, starts: Floats, steps: int, tolerance: float, reach: float
) -> Floats:
    """Look for critical points of any kind by Newton's method, as Dauphin et al. (2014) do.

    Its steps lead to saddles as well as to minima. Far from either they are cut to a share of the
    parameters' norm and may make the gradient larger. Minimising the gradient's squared norm
    instead, which never does, mostly ends where that is smallest in its surroundings but not 0
    (Frye et al. 2021, arXiv:2003.10397).

    Args:
        landscape: the loss.
        starts: where to begin, shape [points, size].
        steps: at most so many.
        tolerance: gradient norm at which to stop.
        reach: longest step, in units of the parameters' norm, or of 1 where that is smaller.

    Returns:
        Where each search ended, shape [points, size].
    """
    points = starts.copy()
    active = np.arange(len(points))
    for _ in range(steps):
        gradients = landscape.gradients(points[active])
        moving = np.linalg.norm(gradients, axis=1) > tolerance
        active, gradients = active[moving], gradients[moving]
        if not len(active):
            break
        values, vectors = np.linalg.eigh(landscape.hessians(points[active]))
        along = np.einsum("pij,pi->pj", vectors, gradients)
        floor = FLATTEST * np.abs(values).max(axis=1, keepdims=True)
        moves = np.einsum("pij,pj->pi", vectors, -values * along / (values**2 + floor**2))
        longest = reach * np.maximum(1.0, np.linalg.norm(points[active], axis=1))
        lengths = np.maximum(np.linalg.norm(moves, axis=1), longest)
        points[active] += moves * (longest / lengths)[:, None]
    return points


def _step_down(
    landscape: Landscape, points: Floats, damping: Floats, active: Indices, gradients: Floats
) -> Flags:
    """Move the active points in place; returns which of them have found a lower place."""
    values, vectors = np.linalg.eigh(landscape.hessians(points[active]))
    along = np.einsum("pij,pi->pj", vectors, gradients)
    sizes = np.abs(values)
    losses, norms = landscape.losses(points[active]), np.linalg.norm(gradients, axis=1)
    waiting = np.ones(len(active), dtype=bool)
    for _ in range(ATTEMPTS):
        (own,) = np.nonzero(waiting)
        if not len(own):
            break
        chosen = active[own]
        floor = damping[chosen][:, None] * sizes[own].max(axis=1, keepdims=True)
        moves = np.einsum("pij,pj->pi", vectors[own], -along[own] / (sizes[own] + floor))
        places = points[chosen] + moves
        found = np.linalg.norm(landscape.gradients(places), axis=1)
        taken = _lower(landscape.losses(places), losses[own], found, norms[own])
        points[chosen[taken]] = places[taken]
        damping[chosen] *= np.where(taken, EASIER, HARDER)
        waiting[own[taken]] = False
    np.maximum(damping, LEAST_DAMPING, out=damping)
    return ~waiting


def _lower(loss: Floats, before: Floats, norm: Floats, norm_before: Floats) -> Flags:
    """Whether a place is better: at the bottom losses differ by rounding; the gradient decides."""
    equal = np.abs(loss - before) <= ROUNDING * np.abs(before)
    return np.where(equal, norm < norm_before, loss < before)
