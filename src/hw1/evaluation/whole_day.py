"""Errors of the whole last day, signal by signal."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.survey import Structure
from hw1.evaluation.labels import skill_percent
from hw1.predictor import Predictor
from hw1.target import WholeDay

Array = NDArray[np.float64]


def held_out_day_metrics(
    train: pd.DataFrame, folds: pd.DataFrame, predictors: Mapping[str, Predictor]
) -> dict[str, Any]:
    """Errors of every signal on the rows that each fold holds out.

    Args:
        train: the training table with `id`, `state` and all day columns, percent.
        folds: columns fold, id, role and weight.
        predictors: one a fold, by its number as text.

    Returns:
        See `day_metrics`.
    """
    held_out, by_id = folds[folds["role"] == "validation"], train.set_index("id", drop=False)
    predicted, windows, weights = [], [], []
    for fold, rows in held_out.groupby("fold", sort=True):
        own = by_id.loc[rows["id"]]
        predicted.append(predictors[str(fold)].predict_day(own).mean(axis=0))
        windows.append(own)
        weights.append(rows["weight"].to_numpy(np.float64))
    structure = next(iter(predictors.values())).structure
    return day_metrics(
        pd.concat(windows), np.concatenate(predicted), structure, np.concatenate(weights)
    )


def day_metrics(
    windows: pd.DataFrame, predicted: Array, structure: Structure, weight: Array | None = None
) -> dict[str, Any]:
    """Errors of every signal whose last day the windows show.

    Args:
        windows: day columns, percent.
        predicted: every signal's last day, percent, [rows, signals].
        structure: the survey's structure.
        weight: what each row counts, [rows]; None for one each.

    Returns:
        `signals`: by name `mse`, `persistence_mse` (squared percentage points) and `skill`;
        `mean_skill`: over them. A skill is left out where persistence makes no error.
    """
    last, before = (structure.columns_of(day) for day in (structure.days, structure.days - 1))
    signals: dict[str, dict[str, float]] = {}
    for place, signal in enumerate(structure.signals):
        if last[place] not in windows:  # positivity, in the test set
            continue
        true = windows[last[place]].to_numpy(np.float64)
        known = windows[before[place]].to_numpy(np.float64)
        mse = float(np.average((predicted[:, place] - true) ** 2, weights=weight))
        persistence = float(np.average((known - true) ** 2, weights=weight))
        signals[signal] = {"mse": mse, "persistence_mse": persistence}
        if persistence > 0.0:
            signals[signal]["skill"] = 1.0 - mse / persistence
    skills = [each["skill"] for each in signals.values() if "skill" in each]
    return {"signals": signals} | ({"mean_skill": float(np.mean(skills))} if skills else {})


def day_lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    """What a person should know of them, a sentence; none where a single number is predicted.

    Args:
        metrics: of the evaluation or of the submission, with the group `structured`.
    """
    found = metrics.get(WholeDay.task, {})
    if "mean_skill" in found:
        skills = [each.get("skill", 0.0) for each in found["signals"].values()]
        better = sum(skill > 0.0 for skill in skills)
        yield (
            f"of the {len(skills)} signals of the last day {better} are predicted better than by "
            f"persistence; the mean skill is {skill_percent(found['mean_skill'])}"
        )
