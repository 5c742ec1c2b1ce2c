"""One fit for every set of features that rows have, where rows lack some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from hw1.core.errors import Hw1Error
from hw1.fitted.base import Array, Fitted
from hw1.fitted.routed import Route, RoutedFitted
from hw1.models.design import Design, Part
from hw1.models.problem import Problem, make_problem
from hw1.models.single import OnEpoch

FEWEST_ROWS = 20
"""A route with fewer training rows is left out; its rows take the next one."""

Fit = Callable[[Problem, Sequence[int] | None, OnEpoch | None], tuple[Fitted, list[int] | None]]


def lacks_features(design: Design) -> bool:
    """Whether any row of a fold lacks any feature."""
    parts = [design.train] if design.validation is None else [design.train, design.validation]
    return any(np.isnan(part.x).any() for part in parts)


def fit_routes(
    problem: Problem,
    fit: Fit,
    kept_epochs: Sequence[int] | None,
    on_epoch: OnEpoch | None,
) -> tuple[RoutedFitted, list[int] | None]:
    """Fit a model for every set of features, each on all training rows that have them.

    Args:
        problem: the fold's whole problem.
        fit: fits one problem, see `hw1.models.fold.fit_problem`.
        kept_epochs: how long each member trains; None leaves it to the parameters.
        on_epoch: called after every epoch of the first route, which sees every feature.

    Returns:
        The routes, with outputs on the target's scale, and the first one's kept epochs.

    Raises:
        Hw1Error: rows without links are left without any feature.
    """
    if np.isnan(problem.x).any(axis=0).all():
        raise Hw1Error(
            f"fold {problem.design.fold}: every selected feature needs a linked window; select "
            "some that a window without links has too (`features.selection`, `features.names`)"
        )
    routes: list[Route] = []
    epochs: list[list[int] | None] = []
    for columns in feature_sets(problem.design.train.x):
        design = _with_columns(problem.design, columns)
        own = make_problem(problem.params, design)
        known = kept_epochs
        if design.validation is None and known is None and routes:
            known = epochs[0]  # no held-out row takes this route, so none tells when to stop
        fitted, kept = fit(own, known, None if routes else on_epoch)
        routes.append(Route(columns, fitted.rescaled(own.deviation, own.mean)))
        epochs.append(kept)
    return RoutedFitted(problem.x.shape[1], tuple(routes)), epochs[0]


def feature_sets(x: Array) -> Iterator[Array]:
    """Places of the features of every route, the most first, the last those that all rows have.

    Features that the same rows lack belong together: those of the windows before, and those of the
    windows after.

    Args:
        x: training features with NaN, shape [rows, features].
    """
    present = ~np.isnan(x)
    patterns, group = np.unique(present, axis=1, return_inverse=True)
    group = np.ravel(group)
    always = np.asarray(patterns.all(axis=0))
    optional = [number for number in range(patterns.shape[1]) if not always[number]]
    for count in range(len(optional), -1, -1):
        for chosen in combinations(optional, count):
            columns = np.flatnonzero(always[group] | np.isin(group, chosen))
            rows = np.count_nonzero(present[:, columns].all(axis=1))
            if len(columns) and (not count or rows >= FEWEST_ROWS):
                yield columns.astype(np.int32)


def _with_columns(design: Design, columns: Array) -> Design:
    """The rows of a fold that have these features, and no others."""
    validation = None if design.validation is None else _rows_with(design.validation, columns)
    if validation is not None and not validation.weight.sum() > 0.0:
        validation = None
    return replace(design, train=_rows_with(design.train, columns), validation=validation)


def _rows_with(part: Part, columns: Array) -> Part:
    x = part.x[:, columns]
    return replace(part, x=np.ascontiguousarray(x)).at(np.asarray(~np.isnan(x).any(axis=1)))
