"""The explored as numbers: all that the page says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np

from hw1.lectures.critical_points.explore import Exploration, Large, Run
from hw1.lectures.critical_points.params import CriticalPointsParams
from hw1.lectures.critical_points.points import Kind, Point
from hw1.lectures.critical_points.tables import named, shown_minimum, shown_saddle

SAME_DIGITS = 8
"""Significant digits to which losses of the same critical point agree."""


def experiment_metrics(explored: Exploration, params: CriticalPointsParams) -> dict[str, Any]:
    """Numbers of the metrics file; a number that does not exist is left out."""
    runs = explored.runs
    return {
        "rows": explored.rows,
        "features": explored.features,
        "activation": params.activation,
        "l2_loss": params.l2_loss,
        "search": {
            "hidden": [named(tuple(widths)) for widths in params.hidden],
            "seeds": params.seeds,
            "epochs": params.epochs,
            "reach": params.search.reach,
        },
        "criteria": {
            "gradient": params.search.gradient,
            "distance": params.search.distance,
        },
        "toy": _point(explored.toy)
        | {
            "eigenvalues": explored.toy.eigenvalues.tolist(),
            "escaped_loss": explored.toy_escape.after,
        },
        "training": _training([run for run in runs if run.search == "training"], params),
        "newton": _search([run for run in runs if run.search == "newton"]),
        "descent": _search([run for run in runs if run.search == "descent"]),
        "critical": _critical([run.point for run in runs if run.point.critical]),
        "escape": _escapes([run for run in runs if run.escape is not None]),
        "shown": _shown(explored),
        "large": {named(one.hidden): _large(one) for one in explored.large},
    }


def _point(point: Point) -> dict[str, Any]:
    return {
        "kind": point.kind,
        "loss": point.loss,
        "gradient_norm": point.gradient_norm,
        "positive": point.positive,
        "zero": point.zero,
        "negative": point.negative,
        "minimum_ratio": point.minimum_ratio,
    }


def _search(runs: Sequence[Run]) -> dict[str, int]:
    kinds = Counter(run.point.kind for run in runs)
    critical = sum(run.point.critical for run in runs)
    return {"runs": len(runs), "critical": critical} | {
        kind: kinds[kind] for kind in get_args(Kind)
    }


def _training(runs: Sequence[Run], params: CriticalPointsParams) -> dict[str, Any]:
    norms = [run.point.gradient_norm for run in runs]
    return _search(runs) | {
        "epochs": params.epochs[-1],
        "gradient_norm": _spread(norms),
        "loss": _spread([run.point.loss for run in runs]),
        "with_negative": sum(run.point.negative > 0 for run in runs),
    }


def _critical(points: Sequence[Point]) -> dict[str, Any]:
    """Kinds of the points that were found, each as often as it was; ranks of different ones."""
    found: dict[str, Any] = {"count": len(points)} | _ranks(points)
    for kind in ("minimum", "saddle"):
        own = [point for point in points if point.kind == kind]
        if own:
            found[kind] = {
                "count": len(own),
                "loss": _spread([point.loss for point in own]),
                "minimum_ratio": _spread([point.minimum_ratio for point in own]),
            } | _ranks(own)
    return found


def _ranks(points: Sequence[Point]) -> dict[str, Any]:
    """How many points differ, and how their losses go with their minimum ratios."""
    # hidden units in another order, or with another sign, make another place with the same numbers
    different = {
        (len(each.eigenvalues), each.positive, each.negative, f"{each.loss:.{SAME_DIGITS}g}"): each
        for each in points
    }.values()
    losses = np.array([point.loss for point in different])
    ratios = np.array([point.minimum_ratio for point in different])
    correlation = _rank_correlation(losses, ratios)
    ranked = {} if correlation is None else {"rank_correlation": correlation}
    return {"distinct": len(different)} | ranked


def _escapes(runs: Sequence[Run]) -> dict[str, Any]:
    ways = [run.escape for run in runs if run.escape is not None]
    if not ways:
        return {"saddles": 0, "lowered": 0}
    return {
        "saddles": len(ways),
        "lowered": sum(way.after < way.before for way in ways),
        "drop": _spread([way.before - way.after for way in ways]),
        "descended_drop": _spread(
            [run.point.loss - run.descended for run in runs if run.descended is not None]
        ),
    }


def _shown(explored: Exploration) -> dict[str, Any]:
    saddle = shown_saddle(explored)
    minimum = shown_minimum(explored, saddle)
    shown: dict[str, Any] = {}
    if minimum is not None:
        shown["minimum"] = {"hidden": named(minimum.hidden)} | _point(minimum.point)
    if saddle is not None and saddle.escape is not None:
        way = saddle.escape
        shown["saddle"] = {"hidden": named(saddle.hidden)} | _point(saddle.point)
        shown["saddle"] |= {"curvature": way.curvature, "step": way.step, "escaped_loss": way.after}
        shown["saddle"]["descended_loss"] = saddle.descended
    return shown


def _large(one: Large) -> dict[str, Any]:
    estimate = one.estimate
    found: dict[str, Any] = {
        "parameters": one.size,
        "loss": one.loss,
        "gradient_norm": one.gradient_norm,
        "lanczos": {
            "lowest": estimate.lowest,
            "highest": estimate.highest,
            "positive": estimate.positive,
            "positive_error": estimate.positive_error,
            "negative": estimate.negative,
            "unresolved": estimate.unresolved,
            "positive_from": estimate.sure,
            "positive_to": estimate.sure + estimate.unresolved,
        },
    }
    if one.exact is not None:
        found["exact"] = {
            "lowest": float(one.exact[0]),
            "highest": float(one.exact[-1]),
            "positive": float((one.exact > estimate.tolerance).mean()),
            "negative": float((one.exact < -estimate.tolerance).mean()),
        }
    return found


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "low": float(min(values)),
        "median": float(np.median(values)),
        "high": float(max(values)),
    }


def _rank_correlation(
    first: np.ndarray[Any, np.dtype[np.float64]], second: np.ndarray[Any, np.dtype[np.float64]]
) -> float | None:
    """Spearman's; None where there is none, as all values of one side are the same."""
    if len(first) < 3 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return None
    from scipy.stats import spearmanr

    return float(spearmanr(first, second).statistic)
