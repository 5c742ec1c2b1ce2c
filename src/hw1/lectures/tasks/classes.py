"""Does positivity rise? Classifiers, and regressions that are asked the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hw1.core.errors import DataError
from hw1.evaluation.calibration import calibration_table
from hw1.evaluation.classification import classification_metrics
from hw1.evaluation.probabilities import pooled_probabilities
from hw1.evaluation.scored import SHARE
from hw1.evaluation.validation import Validation
from hw1.fitted.base import Floats
from hw1.lectures.tasks.chance import (
    Draws,
    accuracy,
    auc,
    cross_entropy,
    over_seeds,
    span_of,
)
from hw1.lectures.tasks.running import Ran
from hw1.target import Rise

NEAR = 2.0
"""Standard errors within which a group's prediction counts as true."""
ROC_POINTS = 51
"""Places along the axis of false alarms at which ROC curves are told."""
IN_PERCENT = ("accuracy", "skill", "share")

Rans = Mapping[str, Ran]


def classification_numbers(
    classifiers: Rans, regressions: Rans, rise: Rise, draws: Draws
) -> dict[str, Any]:
    """Everything about the question, in numbers; shares, accuracies and skills in percent.

    Args:
        classifiers: by the model's name, by the task `classification`.
        regressions: the same models by the task `regression`, on the same rows.
        rise: what is asked.
        draws: of the rows' states.

    Raises:
        DataError: every held-out row is of one class.
    """
    told = {name: _classifier(ran, rise) for name, ran in classifiers.items()}
    apart = draws.difference(
        cross_entropy, *(classifiers[name].validation.scored for name in ("mlp", "linear"))
    )
    asked = {name: _as_classes(ran, classifiers[name], rise) for name, ran in regressions.items()}
    return {
        "rise": rise.points,
        **_asked(classifiers["mlp"]),
        "models": told,
        "regressions": {
            name: {
                "accuracy": draws.span(accuracy, one.scored) | _seeds(one)["accuracy"],
                "auc": draws.span(auc, one.scored) | _seeds(one)["auc"],
            }
            for name, one in asked.items()
        },
        "mlp_less_linear": apart,
        "classifier_less_regression": {
            name: {
                measure.__name__: draws.difference(
                    measure, classifiers[name].validation.scored, one.scored
                )
                for measure in (accuracy, auc)
            }
            for name, one in asked.items()
        },
    }


def calibration_of(classifiers: Rans) -> pd.DataFrame:
    """Groups of rows by predicted probability; `model`, then as in `calibration_table`."""
    tables = [
        calibration_table(ran.validation.scored, ran.recipe.evaluate).assign(model=name)
        for name, ran in classifiers.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    return table[["model", *(name for name in table if name != "model")]]


def curves_of(classifiers: Rans, regressions: Rans, rise: Rise) -> pd.DataFrame:
    """ROC curves: columns task, model, false_alarms and found, shares from 0 to 1."""
    tables = []
    for task, rans in (("classification", classifiers), ("regression", regressions)):
        for name, ran in rans.items():
            scored = ran.validation.scored
            if task == "regression":
                scored = _as_classes(ran, classifiers[name], rise).scored
            columns = roc(scored)
            tables.append(pd.DataFrame({"task": task, "model": name, **columns}))
    return pd.concat(tables, ignore_index=True)


def roc(scored: pd.DataFrame) -> dict[str, Floats]:
    """The ROC curve at even places: from nothing called positive to everything.

    Args:
        scored: `target` (0 or 1), `predicted` and `weight`.

    Returns:
        `false_alarms`, the share of negative rows that are called positive, and `found`, that of
        positive rows, shape [places + 1] each; the first place stands twice, at no row found too.
    """
    values, places = np.unique(-scored["predicted"].to_numpy(np.float64), return_inverse=True)
    positive, weight = (scored[name].to_numpy(np.float64) for name in ("target", "weight"))
    hits, misses = (
        np.concatenate([[0.0], np.cumsum(np.bincount(places, weights, len(values)))])
        for weights in (weight * positive, weight * (1.0 - positive))
    )
    hits, misses = hits / hits[-1], misses / misses[-1]
    # of several shares found at the same false alarms the highest
    last = np.append(np.flatnonzero(np.diff(misses) > 0.0), len(misses) - 1)
    grid = np.linspace(0.0, 1.0, ROC_POINTS)
    found = np.interp(grid, misses[last], hits[last])
    return {"false_alarms": np.append(0.0, grid), "found": np.append(0.0, found)}


def _classifier(ran: Ran, rise: Rise) -> dict[str, Any]:
    """A classifier's numbers as the evaluate stage has them, by measure."""
    recipe = ran.recipe
    metrics = classification_metrics(ran.validation, recipe.evaluate, rise, recipe.ingest)
    valid, seeds = metrics["valid"], _seeds(ran.validation)
    if "auc" not in valid:
        raise DataError("every held-out row is of one class; set another `tasks.rise`")
    table = calibration_table(ran.validation.scored, recipe.evaluate)
    near = (table["predicted"] - table["observed"]).abs() <= NEAR * table["error"]
    told: dict[str, Any] = {
        name: span_of(valid, name, 100 if name in IN_PERCENT else 1) | seeds[name]
        for name in ("cross_entropy", "accuracy", "auc", "skill")
    }
    told["calibration"] = {
        "error": 100 * metrics["calibration"]["error"],
        "bins": len(table),
        "near": int(near.sum()),
    }
    return told


def _asked(ran: Ran) -> dict[str, Any]:
    """How often it rises, and what one would say without a model."""
    scored = ran.validation.scored
    pooled = pooled_probabilities(scored)
    return {
        "share": 100 * pooled["share"],
        "base_rate": {
            "share": 100 * float(np.average(scored[SHARE], weights=scored["weight"])),
            "cross_entropy": pooled["base_cross_entropy"],
            "accuracy": 100 * pooled["base_accuracy"],
        },
    }


def _as_classes(regression: Ran, classifier: Ran, rise: Rise) -> Validation:
    """A regression's predictions as a classifier's.

    Where the predicted change is above the asked one, the number that stands for a probability is
    above a half, and a larger change is a larger number. It says which class and in what order,
    but is no probability.
    """
    scored = regression.validation.scored
    known = scored["known"].to_numpy(np.float64)

    def ordered(predicted: Floats) -> Floats:
        return rise.decode(predicted - known - rise.points, known)

    target = rise.truth(scored["target"], known)
    share = classifier.validation.scored[SHARE]
    predicted = ordered(scored["predicted"].to_numpy(np.float64))
    return Validation(
        scored.assign(target=target, predicted=predicted, **{SHARE: share}),
        ordered(regression.validation.members),
    )


def _seeds(validation: Validation) -> dict[str, dict[str, float]]:
    """Mean and deviation of the single members, by measure."""
    members = [
        _in_percent(pooled_probabilities(validation.scored.assign(predicted=member)))
        for member in validation.members
    ]
    return {name: over_seeds([one[name] for one in members]) for name in members[0]}


def _in_percent(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: 100 * value if name in IN_PERCENT else value for name, value in numbers.items()}
