"""Design tables: what a model sees of every fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hw1.core.errors import DataError
from hw1.core.layout import FINAL
from hw1.core.survey import TARGET, WHOLE_DAY_PREFIXES, Structure, column_name
from hw1.features.candidates import build_candidates
from hw1.features.fit import fit_feature_map
from hw1.features.map import FeatureMap
from hw1.features.pairs import OWN, SHOWN, WITHIN, with_pairs
from hw1.linked import with_neighbours
from hw1.params.features import FeaturesParams


@dataclass(frozen=True)
class Design:
    """One fold's fitted features.

    Attributes:
        table: columns id, role, weight, origin, state, target and known (percent), then the
            features as the model sees them; rows in the order of the folds' table, then pairs
            (see `hw1.features.pairs`), whose role is "train". Where the last day is not seen
            (`last_day: false`), before the features stand columns of it and of the day before, in
            percent, for every signal but positivity (see `WHOLE_DAY_PREFIXES`): a model may learn
            to predict them.
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
    *,
    test: pd.DataFrame,
    links: pd.DataFrame,
) -> dict[str, Design]:
    """Fit the features of every fold on its training rows, and last on all rows.

    Args:
        windows: all labelled windows: id, state and all day columns in percent.
        folds: columns fold, id, role ("train" or "validation"), weight and shown.
        structure: names of states, signals and days.
        params: section `features:`.
        test: the test windows: id, state and the visible day columns; trained on only in the fit
            on all rows, and only with `pairs: with_test`.
        links: columns fold, id, previous and next; no rows where nothing is linked.

    Returns:
        Designs by fold, "0", "1", ... and "final", in which every row is a training row.

    Raises:
        DataError: an id is not unique, or a fold has fewer than two training rows.
        ParamsError: `params` do not fit the survey, or leave no feature.
    """
    designs = build_fold_designs(windows, folds, structure, params, links)
    linked = _linked(windows, FINAL, windows, links, structure)
    everything = pd.DataFrame({"role": "train", "weight": 1.0}, index=windows.index)
    designs[FINAL] = _design(linked, everything, test, structure, params)
    return designs


def build_fold_designs(
    windows: pd.DataFrame,
    folds: pd.DataFrame,
    structure: Structure,
    params: FeaturesParams,
    links: pd.DataFrame,
) -> dict[str, Design]:
    """The folds' designs alone; see `build_designs`."""
    by_id = windows.set_index("id", drop=False)
    if not by_id.index.is_unique:
        raise DataError("several training windows have the same id")
    return {
        str(fold): _design(
            _linked(by_id.loc[rows["id"]], str(fold), windows, links, structure),
            rows,
            by_id.loc[rows["id"][rows["shown"]]],
            structure,
            params,
        )
        for fold, rows in folds.groupby("fold", sort=True)
    }


def _linked(
    rows: pd.DataFrame,
    fold: str,
    windows: pd.DataFrame,
    links: pd.DataFrame,
    structure: Structure,
) -> pd.DataFrame:
    """A fold's rows with the days of the windows that they are linked to."""
    return with_neighbours(rows, windows, links[links["fold"] == fold], structure)


def summarise(designs: dict[str, Design]) -> dict[str, Any]:
    """Metrics of the selection.

    Returns:
        "selected": scores by name, of the fit on all rows; "count": their number;
        "in_every_fold": how many of them every fold's own selection chose as well; "pairs": rows
        that the fit on all rows learns from beside the windows themselves, by origin.
    """
    origins = designs[FINAL].table["origin"]
    scores = designs[FINAL].scores
    agreed = set(scores).intersection(*(design.fitted.names for design in designs.values()))
    return {
        "count": len(scores),
        "in_every_fold": len(agreed),
        "pairs": {name: int((origins == name).sum()) for name in (WITHIN, SHOWN)},
        "selected": scores,
    }


def _design(
    windows: pd.DataFrame,
    rows: pd.DataFrame,
    shown: pd.DataFrame,
    structure: Structure,
    params: FeaturesParams,
) -> Design:
    """One fold's design.

    Args:
        windows: the fold's windows.
        rows: their role and weight, in the same order.
        shown: windows whose visible days may be trained on with `pairs: with_test`.
        structure: names of states, signals and days.
        params: section `features:`.
    """
    in_training = (rows["role"] == "train").to_numpy()
    training = windows[in_training].assign(origin=OWN)
    if params.pairs != "last":
        candidates = build_candidates(structure, params)
        known = shown if params.pairs == "with_test" else None
        training = with_pairs(windows[in_training], known, structure, candidates)
    fitted, scores = fit_feature_map(training, structure, params)
    pairs = training[training["origin"] != OWN]
    everything = pd.concat([windows.assign(origin=OWN), pairs], ignore_index=True)
    described = pd.DataFrame(
        {
            "id": everything["id"].to_numpy(),
            "role": [*rows["role"], *["train"] * len(pairs)],
            "weight": [*rows["weight"], *[1.0] * len(pairs)],
            "origin": everything["origin"].to_numpy(),
            "state": everything["state"].to_numpy(),
            "target": everything[structure.target_column].to_numpy(),
            "known": everything[structure.known_column].to_numpy(),
        }
    )
    if not params.last_day:
        described = described.assign(**_whole_day(everything, structure))
    features = pd.DataFrame(fitted.apply(everything), columns=fitted.names)
    return Design(pd.concat([described, features], axis="columns"), fitted, scores)


def _whole_day(windows: pd.DataFrame, structure: Structure) -> dict[str, Any]:
    """The other signals' last day and the day before, by the design table's column."""
    return {
        f"{prefix}{signal}": windows[column_name(signal, day)].to_numpy()
        for prefix, day in zip(
            WHOLE_DAY_PREFIXES, (structure.days, structure.days - 1), strict=True
        )
        for signal in structure.signals
        if signal != TARGET
    }
