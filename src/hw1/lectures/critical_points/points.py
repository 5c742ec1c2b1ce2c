"""What kind of point it is where a search has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hw1.fitted.base import Floats
from hw1.lectures.critical_points.lanczos import zero_tolerance
from hw1.lectures.critical_points.landscape import Landscape

Kind = Literal["minimum", "saddle", "maximum", "undecided", "steep", "far"]
"""Of critical points: minimum (all eigenvalues positive), maximum (all negative), saddle (some of
both), undecided (some are 0, the others of one sign: the second derivatives do not tell).
Of others: steep (the gradient is too large) or far (it is small, but so is the curvature along
it: the point that it points to is still far away)."""


@dataclass(frozen=True)
class Criteria:
    """When a point counts as critical.

    Attributes:
        gradient: the largest gradient norm.
        distance: the longest Newton step, in units of the parameters' norm, or of 1 where that
            is smaller.
    """

    gradient: float
    distance: float


@dataclass(frozen=True)
class Point:
    """A point of a landscape.

    Attributes:
        parameters: where it is, shape [size].
        loss: there.
        gradient_norm: Euclidean length of the gradient.
        distance: length of the Newton step, which would end at the critical point if the loss
            were quadratic; directions without curvature are left out.
        eigenvalues: of the Hessian, ascending, shape [size].
        lowest_vector: unit eigenvector of the lowest eigenvalue, shape [size].
        tolerance: eigenvalues of no larger absolute value count as 0.
        kind: what kind of point it is.
    """

    parameters: Floats
    loss: float
    gradient_norm: float
    distance: float
    eigenvalues: Floats
    lowest_vector: Floats
    tolerance: float
    kind: Kind

    @property
    def positive(self) -> int:
        """Number of positive eigenvalues."""
        return int((self.eigenvalues > self.tolerance).sum())

    @property
    def negative(self) -> int:
        """Number of negative eigenvalues."""
        return int((self.eigenvalues < -self.tolerance).sum())

    @property
    def zero(self) -> int:
        """Number of eigenvalues that cannot be told from 0."""
        return len(self.eigenvalues) - self.positive - self.negative

    @property
    def minimum_ratio(self) -> float:
        """Share of positive eigenvalues among all."""
        return self.positive / len(self.eigenvalues)

    @property
    def critical(self) -> bool:
        """Whether it is a critical point, by the criteria."""
        return self.kind not in ("steep", "far")


def examine(landscape: Landscape, points: Floats, criteria: Criteria) -> list[Point]:
    """Look at gradients and Hessians of points of shape [points, size].

    An eigenvalue counts as 0 within rounding. At critical points, which no search reaches to the
    last bit, also within what it may still change by on the way: no eigenvalue moves by more than
    the Hessian does (Weyl), and the Hessian is looked at again where the Newton step ends.
    """
    losses, gradients = landscape.losses(points), landscape.gradients(points)
    hessians = landscape.hessians(points)
    values, vectors = np.linalg.eigh(hessians)
    steps = _newton_steps(gradients, values, vectors, landscape.terms)
    changes = np.linalg.norm(landscape.hessians(points + steps) - hessians, ord=2, axis=(1, 2))
    found = []
    for i, parameters in enumerate(points):
        norm, distance = float(np.linalg.norm(gradients[i])), float(np.linalg.norm(steps[i]))
        away = _not_critical(norm, distance, parameters, criteria)
        rounding = zero_tolerance(values[i], landscape.size, landscape.terms)
        tolerance = rounding if away else max(rounding, float(changes[i]))
        found.append(
            Point(
                parameters=parameters,
                loss=float(losses[i]),
                gradient_norm=norm,
                distance=distance,
                eigenvalues=values[i],
                lowest_vector=vectors[i][:, 0],
                tolerance=tolerance,
                kind=away or kind_of(values[i], tolerance),
            )
        )
    return found


def _not_critical(
    norm: float, distance: float, parameters: Floats, criteria: Criteria
) -> Kind | None:
    """Why a point is not critical; None where it is."""
    if norm > criteria.gradient:
        return "steep"
    longest = criteria.distance * max(1.0, float(np.linalg.norm(parameters)))
    return "far" if distance > longest else None


def _newton_steps(gradients: Floats, values: Floats, vectors: Floats, terms: int) -> Floats:
    """Where the gradients would vanish if the loss were quadratic, shape [points, size]."""
    along = np.einsum("pij,pi->pj", vectors, gradients)
    rounding = np.array([zero_tolerance(own, len(own), terms) for own in values])
    curved = np.abs(values) > rounding[:, None]
    lengths = np.divide(-along, values, out=np.zeros_like(along), where=curved)
    return np.asarray(np.einsum("pij,pj->pi", vectors, lengths))


def kind_of(eigenvalues: Floats, tolerance: float) -> Kind:
    """What kind of critical point has these eigenvalues of its Hessian."""
    positive, negative = eigenvalues > tolerance, eigenvalues < -tolerance
    if positive.all():
        return "minimum"
    if negative.all():
        return "maximum"
    return "saddle" if positive.any() and negative.any() else "undecided"
