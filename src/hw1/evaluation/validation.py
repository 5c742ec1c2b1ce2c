"""Predictions for every fold's validation rows, by the model that has not seen them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.errors import DataError
from hw1.evaluation.scored import scored_table
from hw1.linked import with_neighbours
from hw1.predictor import Predictor


@dataclass(frozen=True)
class Validation:
    """Validation rows of all folds, predicted.

    Attributes:
        scored: one line a row and fold; see `scored_table`; `predicted` is the mean over members.
        members: what each member of the ensemble predicts, like `predicted`, [members, rows].
    """

    scored: pd.DataFrame
    members: NDArray[np.float64]


def validate(
    train: pd.DataFrame,
    folds: pd.DataFrame,
    predictors: Mapping[str, Predictor],
    links: pd.DataFrame | None = None,
) -> Validation:
    """Predict the rows that each fold holds out.

    Args:
        train: the training table with `id`, `state` and all day columns.
        folds: which row has which role in which fold, with the weight of its error.
        predictors: one a fold, by its number as text.
        links: columns fold, id, previous and next, where the predictors look at linked windows.

    Raises:
        DataError: a fold has no model, the folds' ensembles differ in size, or no row is held out.
    """
    held_out = folds[folds["role"] == "validation"]
    if held_out.empty:
        raise DataError("no row is held out for validation; check `ingest.split`")
    tables: list[Any] = []
    members: list[NDArray[np.float64]] = []
    by_id = train.set_index("id", drop=False)
    for fold, rows in held_out.groupby("fold", sort=True):
        windows = by_id.loc[rows["id"]]
        predictor = _predictor(predictors, str(fold))
        if links is not None:
            own = links[links["fold"] == str(fold)]
            windows = with_neighbours(windows, train, own, predictor.structure)
        predicted = predictor.predict(windows)
        members.append(predicted)
        learnt = folds.loc[(folds["fold"] == fold) & (folds["role"] == "train"), "id"]
        tables.append(
            scored_table(
                windows,
                rows,
                by_id.loc[learnt],
                (predictor.structure, predictor.target),
                predicted.mean(axis=0),
            )
        )
    if len({len(predicted) for predicted in members}) > 1:
        raise DataError("the folds' models differ in size; `dvc repro --force train` remakes them")
    return Validation(pd.concat(tables, ignore_index=True), np.concatenate(members, axis=1))


def _predictor(predictors: Mapping[str, Predictor], fold: str) -> Predictor:
    if fold not in predictors:
        raise DataError(f"no model is stored for fold {fold}; `dvc repro --force train` makes it")
    return predictors[fold]
