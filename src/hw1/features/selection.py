"""Which candidates stay."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import numpy.typing as npt

from hw1.core.errors import ParamsError
from hw1.features import scores as measures
from hw1.features.columns import Feature
from hw1.features.scaling import moments, standardise
from hw1.params.features import FeaturesParams
from hw1.transforms import Floats


@dataclass(frozen=True)
class Selection:
    """Places of the chosen candidates, ascending, and their scores in the same order."""

    places: tuple[int, ...]
    scores: tuple[float, ...]


def select(
    candidates: Sequence[Feature],
    values: Floats,
    target: Floats,
    states: npt.NDArray[Any],
    params: FeaturesParams,
) -> Selection:
    """Choose candidates by the method, number and threshold that `params` name.

    `k` and `threshold` work on the method's score, which for `all` and `manual` is the
    absolute correlation. `lasso` with `k` alone takes candidates in the order in which they
    enter the path; otherwise its score is the absolute coefficient (of standardised
    candidates and target) at the cross-validated penalty, and zeros never stay.

    Args:
        candidates: their descriptions.
        values: their values in training rows, [rows, candidates]; NaN in linked candidates of rows
            without that link.
        target: what scores are measured against, [rows].
        states: the state of every row, [rows].
        params: `selection`, `names`, `k`, `threshold`, `seed`.

    Returns:
        The selection; of equal scores the earlier candidate wins.

    Raises:
        ParamsError: a name matches nothing, `k` exceeds the number of candidates, or
            no score reaches the threshold.
    """
    pool = _pool(candidates, params)
    if params.k is not None and params.k > len(pool):
        raise ParamsError(
            f"`features.k`: cannot keep {params.k} features, there are {len(pool)} candidates; "
            "more come with `features.days` and `features.differences`"
        )
    discrete = np.array([candidates[place].equals is not None for place in pool])
    scores = np.zeros(len(pool))
    for rows, columns in _present(values[:, pool], params):
        own = values[rows][:, [pool[column] for column in columns]]
        aim = target[rows, np.newaxis]
        scores[columns] = _scores(
            standardise(own, *moments(own)),
            standardise(aim, *moments(aim))[:, 0],
            discrete[columns],
            states[rows],
            params,
        )
    chosen = sorted(_best(scores, params))
    return Selection(
        places=tuple(int(pool[place]) for place in chosen),
        scores=tuple(float(scores[place]) for place in chosen),
    )


def _pool(candidates: Sequence[Feature], params: FeaturesParams) -> list[int]:
    if params.selection != "manual":
        return list(range(len(candidates)))
    names = [candidate.name for candidate in candidates]
    for pattern in params.names:
        if not any(fnmatchcase(name, pattern) for name in names):
            nearest = difflib.get_close_matches(pattern, names, n=1, cutoff=0.0)[0]
            raise ParamsError(
                f"`features.names`: {pattern!r} matches none of {len(names)} candidates; "
                f"the nearest is `{nearest}` (`features.days`, `features.differences` and "
                "`features.states` say which are built)"
            )
    return [
        place
        for place, name in enumerate(names)
        if any(fnmatchcase(name, pattern) for pattern in params.names)
    ]


def _present(
    values: Floats, params: FeaturesParams
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Rows and columns that are scored together: those without a missing value between them.

    Measures that weigh candidates against each other see the rows that have all of them; the
    others see every row that has the candidate. A candidate that no row has is not scored.
    """
    present = ~np.isnan(values)
    used = np.flatnonzero(present.any(axis=0))
    whole = present[:, used].all(axis=1)
    if whole.all() or (params.selection in {"lasso", "rfe"} and np.count_nonzero(whole) > 1):
        return [(np.flatnonzero(whole), used)]
    patterns, group = np.unique(present[:, used], axis=1, return_inverse=True)
    return [
        (np.flatnonzero(pattern), used[np.ravel(group) == number])
        for number, pattern in enumerate(patterns.T)
    ]


def _scores(
    values: Floats,
    target: Floats,
    discrete: npt.NDArray[np.bool_],
    states: npt.NDArray[Any],
    params: FeaturesParams,
) -> Floats:
    match params.selection:
        case "f_regression":
            return measures.f_statistic(values, target)
        case "mutual_info":
            return measures.mutual_information(values, target, discrete, params.seed)
        case "lasso" if _by_entry(params):
            return measures.lasso_entry(values, target)
        case "lasso":
            return measures.lasso_weight(values, target, states)
        case "rfe":
            keep = values.shape[1] if params.k is None else params.k
            return measures.recursive_elimination(values, target, keep)
        case _:
            return measures.correlation(values, target)


def _by_entry(params: FeaturesParams) -> bool:
    return params.k is not None and params.threshold is None


def _best(scores: Floats, params: FeaturesParams) -> list[int]:
    enough = np.ones(len(scores), dtype=np.bool_)
    if params.threshold is not None:
        enough = scores >= params.threshold
    if params.selection == "lasso" and not _by_entry(params):
        enough &= scores > 0
    kept = np.flatnonzero(enough)
    if kept.size == 0:
        raise ParamsError(
            f"`features`: selection `{params.selection}` with threshold {params.threshold} "
            f"leaves no feature; the highest score is {scores.max():.6g}"
        )
    order = np.argsort(-scores[kept], kind="stable")
    return [int(place) for place in kept[order][: params.k]]
