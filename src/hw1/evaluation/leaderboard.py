"""The offline leaderboard: a submission's score where the solution is known."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hw1.core.errors import DataError
from hw1.core.survey import LEADERBOARD_PARTS
from hw1.evaluation.errors import pooled_errors
from hw1.evaluation.labels import number, skill_label
from hw1.evaluation.probabilities import METRIC, pooled_probabilities
from hw1.evaluation.scored import SHARE
from hw1.references import MetricName
from hw1.target import Rise

ALL = "all"


def leaderboard(
    ids: ArrayLike, predicted: ArrayLike, known: ArrayLike, solution: pd.DataFrame
) -> dict[str, dict[str, Any]]:
    """Score a submission as Kaggle does, on the public rows, the private rows and all rows.

    Args:
        ids: the test rows' ids, [rows].
        predicted: the submission in percent, [rows].
        known: each row's last visible positivity in percent, [rows]: what persistence predicts.
        solution: `id`, `tested_positive` (percent) and `usage` ("public" or "private"); no rows
            where nobody knows the solution.

    Returns:
        For each part that has rows: rows, mse, rmse, mae, bias, skill and persistence's mse and
        rmse. Empty without a solution.

    Raises:
        DataError: the solution's ids are not the test rows' ids.
    """
    return {part: _score(rows) for part, rows in _parts(ids, predicted, known, solution)}


def probability_scores(
    table: pd.DataFrame, solution: pd.DataFrame, target: Rise, share: float
) -> dict[str, dict[str, Any]]:
    """Score probabilities of a rise on the public rows, the private rows and all rows.

    Args:
        table: the test rows: `id`, `predicted` (probability) and `known` (percent).
        solution: see `leaderboard`.
        target: what a rise is.
        share: of training windows in which positivity rose.

    Returns:
        For each part that has rows: rows and what `pooled_probabilities` gives.

    Raises:
        DataError: the solution's ids are not the test rows' ids.
    """
    scores = {}
    for part, rows in _parts(table["id"], table["predicted"], table["known"], solution):
        truth = target.truth(rows["tested_positive"], rows["known"])
        scored = rows.assign(**{"target": truth, "weight": 1.0, SHARE: share})
        scores[part] = {"rows": len(rows), **pooled_probabilities(scored)}
    return scores


def probability_line(score: Mapping[str, Mapping[str, Any]]) -> str:
    """One line: cross-entropy of each part, and skill, accuracy and AUC on all rows."""
    parts = [f"{part} {number(score[part][METRIC])}" for part in LEADERBOARD_PARTS if part in score]
    whole = score[ALL]
    line = f"offline cross-entropy {', '.join(parts)}"
    line += f", {skill_label(whole['skill'])} than the base rate; accuracy {whole['accuracy']:.1%}"
    return line + (f", AUC {whole['auc']:.3f}" if "auc" in whole else "")


def _parts(
    ids: ArrayLike, predicted: ArrayLike, known: ArrayLike, solution: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Test rows beside their solution, by part of the leaderboard; none without a solution."""
    if solution.empty:
        return
    test = pd.DataFrame({"id": np.asarray(ids), "predicted": predicted, "known": known})
    _check_ids(test["id"], solution["id"])
    rows = test.merge(solution, on="id", how="left", validate="one_to_one")
    parts = {part: rows[rows["usage"] == part] for part in LEADERBOARD_PARTS} | {ALL: rows}
    yield from ((part, own) for part, own in parts.items() if len(own))


def leaderboard_line(score: dict[str, dict[str, Any]], metric: MetricName) -> str:
    """One line: the score of each part, and the skill on all rows."""
    parts = [f"{part} {number(score[part][metric])}" for part in LEADERBOARD_PARTS if part in score]
    line = f"offline {metric.upper()} {', '.join(parts)}"
    if "skill" in score[ALL]:
        line += f", {skill_label(score[ALL]['skill'])} than persistence"
    return line


def _score(rows: pd.DataFrame) -> dict[str, Any]:
    errors = pooled_errors(rows["tested_positive"], rows["predicted"], rows["known"])
    persistence = errors["persistence_mse"]
    return {"rows": len(rows), **errors, "persistence_rmse": float(np.sqrt(persistence))}


def _check_ids(test: Any, solution: Any) -> None:
    different = sorted(set(test) ^ set(solution))
    if different or solution.duplicated().any():
        place = f"id {different[0]}" if different else "an id that is there twice"
        raise DataError(f"the solution and the test rows differ: {place}")
