"""A comparison as plain data, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hw1.compare.inputs import ABSENT, FeatureChanges, ParameterChange
from hw1.compare.metrics import MetricChange
from hw1.compare.moved import MovedPredictions
from hw1.compare.side import Side
from hw1.core.files import rounded

if TYPE_CHECKING:
    from hw1.compare.difference import Comparison


def plain_comparison(comparison: Comparison) -> dict[str, Any]:
    """Everything that a comparison says, in JSON's types; floats keep six significant digits.

    Differences are B minus A. `winner` is "a", "b" or null; `paired` and `predictions` are null
    where the validation rows are not the same, `reason` then says why. A parameter that a side
    does not have is left out, since null is a value.
    """
    paired = comparison.paired
    content: dict[str, Any] = {
        "verdict": comparison.verdict,
        "winner": comparison.winner,
        "a": _side(comparison.a),
        "b": _side(comparison.b),
        "notes": list(comparison.notes),
        "parameters": [_parameter(change) for change in comparison.parameters],
        "features": _features(comparison.features),
        "metrics": [_metric(change) for change in comparison.metrics],
        "paired": None if paired is None else asdict(paired),
        "reason": comparison.reason,
        "seeds": comparison.seeds,
        "predictions": None if comparison.moved is None else _predictions(comparison.moved),
    }
    result: dict[str, Any] = rounded(content)
    return result


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "edition": side.edition,
        "task": side.task,
        "model": side.model,
        "split": side.split,
    }


def _parameter(change: ParameterChange) -> dict[str, Any]:
    values = {"a": change.a, "b": change.b}
    return {"key": change.key} | {
        side: value for side, value in values.items() if value is not ABSENT
    }


def _features(changes: FeatureChanges) -> dict[str, Any]:
    return {
        "count": {"a": changes.count_a, "b": changes.count_b},
        "gone": changes.gone,
        "came": changes.came,
        "scores": [
            {**asdict(change), "difference": change.difference} for change in changes.scores
        ],
    }


def _metric(change: MetricChange) -> dict[str, Any]:
    return {
        "name": change.metric.name,
        "label": change.metric.label,
        "a": change.a,
        "b": change.b,
        "difference": change.difference,
    }


def _predictions(moved: MovedPredictions) -> dict[str, Any]:
    most = [{**asdict(row), "moved": row.moved, "nearer": row.nearer} for row in moved.most]
    return {**asdict(moved), "most": most}
