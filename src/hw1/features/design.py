"""Design tables: what a model sees of every fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hw1.errors import DataError
from hw1.features.fit import fit_feature_map
from hw1.features.map import FeatureMap
from hw1.layout import FINAL
from hw1.linked import with_neighbours
from hw1.params.features import FeaturesParams
from hw1.survey import Structure


@dataclass(frozen=True)
class Design:
    """One fold's fitted features.

    Attributes:
        table: columns id, role, weight, state, target and known (percent), then the
            features as the model sees them; rows in the order of the folds' table.
        fitted: the map, fitted on the rows whose role is "train".
        scores: score of every chosen feature by name.
    """

    table: pd.DataFrame
    fitted: FeatureMap
    scores: dict[str, float]


def build_designs(
    windows: pd.DataFrame,
    folds: pd.DataFrame,
    structure: Structure,
    params: FeaturesParams,
    links: pd.DataFrame | None = None,
) -> dict[str, Design]:
    """Fit the features of every fold on its training rows, and last on all rows.

    Args:
        windows: all labelled windows: id, state and all day columns in percent.
        folds: columns fold, id, role ("train" or "validation") and weight.
        structure: names of states, signals and days.
        params: section `features:`.
        links: columns fold, id, previous and next, where the structure says that windows are
            linked.

    Returns:
        Designs by fold, "0", "1", ... and "final", in which every row is a training row.

    Raises:
        DataError: an id is not unique, or a fold has fewer than two training rows.
        ParamsError: `params` do not fit the survey, or leave no feature.
    """
    by_id = windows.set_index("id", drop=False)
    if not by_id.index.is_unique:
        raise DataError("several training windows have the same id")

    def linked(rows: pd.DataFrame, fold: str) -> pd.DataFrame:
        if links is None:
            return rows
        return with_neighbours(rows, windows, links[links["fold"] == fold], structure)

    designs = {
        str(fold): _design(linked(by_id.loc[rows["id"]], str(fold)), rows, structure, params)
        for fold, rows in folds.groupby("fold", sort=True)
    }
    everything = pd.DataFrame({"id": windows["id"], "role": "train", "weight": 1.0})
    designs[FINAL] = _design(linked(windows, FINAL), everything, structure, params)
    return designs


def summarise(designs: dict[str, Design]) -> dict[str, Any]:
    """Metrics of the selection.

    Returns:
        "selected": scores by name, of the fit on all rows; "count": their number;
        "in_every_fold": how many of them every fold's own selection chose as well.
    """
    scores = designs[FINAL].scores
    agreed = set(scores).intersection(*(design.fitted.names for design in designs.values()))
    return {"count": len(scores), "in_every_fold": len(agreed), "selected": scores}


def _design(
    windows: pd.DataFrame, rows: pd.DataFrame, structure: Structure, params: FeaturesParams
) -> Design:
    in_training = (rows["role"] == "train").to_numpy()
    fitted, scores = fit_feature_map(windows[in_training], structure, params)
    described = pd.DataFrame(
        {
            "id": rows["id"].to_numpy(),
            "role": rows["role"].to_numpy(),
            "weight": rows["weight"].to_numpy(),
            "state": windows["state"].to_numpy(),
            "target": windows[structure.target_column].to_numpy(),
            "known": windows[structure.known_column].to_numpy(),
        }
    )
    features = pd.DataFrame(fitted.apply(windows), columns=fitted.names)
    return Design(pd.concat([described, features], axis="columns"), fitted, scores)
