"""Held-out rows with their predictions: the table that everything in an evaluation starts from."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.survey import Structure
from hw1.target import Rise, Target

Array = NDArray[np.float64]

SCORED_COLUMNS = ["id", "fold", "state", "weight", "target", "known", "predicted"]
"""`target` and `predicted` are positivity in percent; where probabilities of a rise are predicted,
0 or 1 and a probability. `known` is the last known day's positivity in percent."""
SHARE = "share"
"""A further column beside probabilities: the share of the fold's training windows in which
positivity rose, which is what one would say of every row without a model."""


def scored_table(
    windows: pd.DataFrame,
    rows: pd.DataFrame,
    in_training: pd.DataFrame,
    asked: tuple[Structure, Target],
    predicted: Array,
) -> pd.DataFrame:
    """A fold's held-out rows with their predictions.

    Args:
        windows: the held-out windows: `state` and all day columns, percent.
        rows: their `id`, `fold` and `weight`, in the same order.
        in_training: the fold's training windows.
        asked: the survey's structure, and what is predicted.
        predicted: the ensemble's prediction, [rows].
    """
    structure, target = asked
    columns = {
        "id": rows["id"].to_numpy(),
        "fold": rows["fold"].to_numpy(),
        "state": windows["state"].to_numpy(),
        "weight": rows["weight"].to_numpy(),
        "target": truth_of(windows, structure, target),
        "known": windows[structure.known_column].to_numpy(),
        "predicted": predicted,
    }
    scored = pd.DataFrame(columns)[SCORED_COLUMNS]
    if target.task != Rise.task:
        return scored
    return scored.assign(**{SHARE: truth_of(in_training, structure, target).mean()})


def truth_of(windows: pd.DataFrame, structure: Structure, target: Target) -> Array:
    """What is predicted of windows, as it came out, [rows]."""
    true, known = (
        windows[column].to_numpy(dtype=np.float64)
        for column in (structure.target_column, structure.known_column)
    )
    return target.truth(true, known)


def reference(scored: pd.DataFrame) -> pd.Series:
    """What one would predict without a model: the last known day, or the share."""
    return scored[SHARE] if SHARE in scored else scored["known"]
