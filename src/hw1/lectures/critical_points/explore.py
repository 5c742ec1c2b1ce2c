"""The experiment: train, look where training ended, search for critical points, and leave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import default_rng

from hw1.engine.architecture import Architecture
from hw1.engine.rows import Rows
from hw1.fitted.base import Floats
from hw1.lectures.critical_points.escape import Escape, escape
from hw1.lectures.critical_points.lanczos import Estimate, estimate_spectrum
from hw1.lectures.critical_points.landscape import Landscape
from hw1.lectures.critical_points.network import network_landscape, snapshots
from hw1.lectures.critical_points.params import CriticalPointsParams
from hw1.lectures.critical_points.points import Criteria, Point, examine
from hw1.lectures.critical_points.search import descend, seek
from hw1.lectures.critical_points.toy import toy_landscape
from hw1.params.train import TrainParams

SearchName = Literal["training", "newton", "descent"]


@dataclass(frozen=True)
class Run:
    """Where one run has ended.

    Attributes:
        hidden: widths of the network's hidden layers.
        seed: of its first weights.
        epoch: of training, at which the search began or training ended.
        search: what went on until it ended: training alone, Newton's method, or the descent.
        point: where it ended.
        escape: from a saddle; None elsewhere.
        descended: loss where a descent from behind the escape ended; None without one.
    """

    hidden: tuple[int, ...]
    seed: int
    epoch: int
    search: SearchName
    point: Point
    escape: Escape | None = None
    descended: float | None = None


@dataclass(frozen=True)
class Large:
    """A larger network where its training ended.

    Attributes:
        hidden: widths of its hidden layers.
        size: number of parameters.
        loss: at the end.
        gradient_norm: at the end.
        exact: eigenvalues of the Hessian, ascending; None where it is too large.
        tolerance: up to which absolute value they count as 0; None without them.
        estimate: what products with vectors tell of them.
    """

    hidden: tuple[int, ...]
    size: int
    loss: float
    gradient_norm: float
    exact: Floats | None
    estimate: Estimate


@dataclass(frozen=True)
class Exploration:
    """All that the experiment has found.

    Attributes:
        toy: the lecture's network at the origin.
        toy_escape: the way out of there.
        runs: of small networks.
        large: larger networks.
        landscapes: of the small networks by their hidden widths.
        rows: number of rows of the loss.
        features: number of features.
    """

    toy: Point
    toy_escape: Escape
    runs: list[Run]
    large: list[Large]
    landscapes: dict[tuple[int, ...], Landscape]
    rows: int
    features: int


def explore(params: CriticalPointsParams, train: TrainParams, rows: Rows) -> Exploration:
    """Run the experiment.

    Args:
        params: its section.
        train: how networks train.
        rows: what they train on.

    Raises:
        DivergedError: training diverges.
    """
    toy_loss, criteria = toy_landscape(), _criteria(params)
    (toy,) = examine(toy_loss, np.zeros((1, 2)), criteria)
    runs: list[Run] = []
    landscapes = {}
    for widths in map(tuple, params.hidden):
        shape = Architecture(rows.x.shape[1], widths, activation=params.activation)
        landscape = network_landscape(shape, rows.x, rows.y, params.l2_loss)
        weights = snapshots(shape, train, rows, params.seeds, params.epochs)
        landscapes[widths] = landscape
        runs += _small_runs(landscape, widths, weights, params, criteria)
    return Exploration(
        toy=toy,
        toy_escape=escape(toy_loss, toy),
        runs=runs,
        large=[_large(tuple(widths), params, train, rows) for widths in params.large],
        landscapes=landscapes,
        rows=len(rows.y),
        features=rows.x.shape[1],
    )


def _criteria(params: CriticalPointsParams) -> Criteria:
    return Criteria(params.search.gradient, params.search.distance)


def _small_runs(
    landscape: Landscape,
    hidden: tuple[int, ...],
    weights: Floats,
    params: CriticalPointsParams,
    criteria: Criteria,
) -> list[Run]:
    """Runs of networks of one shape, from weights of shape [seeds, epochs, size]."""
    search, seeds = params.search, range(len(weights))
    ends = weights[:, -1]
    sought = seek(
        landscape, weights.reshape(-1, landscape.size), search.steps, search.stop, search.reach
    )
    descended = descend(landscape, ends, search.steps, search.stop)
    last = [(seed, params.epochs[-1]) for seed in seeds]
    begun = [(seed, epoch) for seed in seeds for epoch in params.epochs]

    def runs(name: SearchName, starts: Sequence[tuple[int, int]], places: Floats) -> list[Run]:
        points = examine(landscape, places, criteria)
        return [
            Run(hidden, seed, epoch, name, point)
            for (seed, epoch), point in zip(starts, points, strict=True)
        ]

    found = runs("newton", begun, sought) + runs("descent", last, descended)
    return runs("training", last, ends) + _left(landscape, found, params)


def _left(landscape: Landscape, runs: list[Run], params: CriticalPointsParams) -> list[Run]:
    """The same runs, those in saddles with the way out and what lies at its end."""
    saddles = [run for run in runs if run.point.kind == "saddle"]
    if not saddles:
        return runs
    ways = [escape(landscape, run.point) for run in saddles]
    places = np.stack([way.parameters for way in ways])
    ends = landscape.losses(descend(landscape, places, params.search.steps, params.search.stop))
    left = {
        id(run): Run(
            run.hidden, run.seed, run.epoch, run.search, run.point, way, min(float(end), way.after)
        )
        for run, way, end in zip(saddles, ways, ends, strict=True)
    }
    return [left.get(id(run), run) for run in runs]


def _large(
    hidden: tuple[int, ...], params: CriticalPointsParams, train: TrainParams, rows: Rows
) -> Large:
    shape = Architecture(rows.x.shape[1], hidden, activation=params.activation)
    landscape = network_landscape(shape, rows.x, rows.y, params.l2_loss)
    (point,) = snapshots(shape, train, rows, 1, params.epochs[-1:])[0]

    def product(vector: Floats) -> Floats:
        return np.asarray(landscape.products(point[None], vector[None])[0])

    exact = None
    if landscape.size <= params.lanczos.exact_up_to:
        exact = np.linalg.eigvalsh(landscape.hessians(point[None])[0])
    return Large(
        hidden=hidden,
        size=landscape.size,
        loss=float(landscape.losses(point[None])[0]),
        gradient_norm=float(np.linalg.norm(landscape.gradients(point[None])[0])),
        exact=exact,
        estimate=estimate_spectrum(
            product,
            landscape.size,
            landscape.terms,
            steps=params.lanczos.steps,
            starts=params.lanczos.starts,
            generator=default_rng(0),
        ),
    )
