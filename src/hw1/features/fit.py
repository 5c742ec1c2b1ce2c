"""Fitting a feature map on training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hw1.core.errors import DataError
from hw1.core.survey import Structure
from hw1.features.candidates import build_candidates
from hw1.features.columns import feature_values
from hw1.features.map import FeatureMap
from hw1.features.scaling import moments
from hw1.features.selection import select
from hw1.params.features import FeaturesParams
from hw1.transforms import Floats, transform

if TYPE_CHECKING:
    import pandas as pd


def fit_feature_map(
    windows: pd.DataFrame, structure: Structure, params: FeaturesParams
) -> tuple[FeatureMap, dict[str, float]]:
    """Choose features and fit their scaling.

    Args:
        windows: the training rows and no others; `state` and all day columns in percent.
            The target column is read for scores only, never for a feature.
        structure: names of states, signals and days.
        params: section `features:`.

    Returns:
        The fitted map, and the scores of its features by name.

    Raises:
        DataError: there are fewer than two rows.
        ParamsError: `params` do not fit the survey, or leave no feature.
    """
    if len(windows) < 2:
        raise DataError(f"features need at least 2 training rows, there are {len(windows)}")
    candidates = build_candidates(structure, params)
    values = feature_values(candidates, windows, params.transform)
    target = score_target(windows, structure, params)
    states = windows["state"].to_numpy(dtype=object)
    selection = select(candidates, values, target, states, params)
    features = tuple(candidates[place] for place in selection.places)
    mean, deviation = _scaling(values[:, list(selection.places)], params.standardise)
    fitted = FeatureMap(
        features=features,
        transform=params.transform,
        mean=tuple(mean.tolist()),
        deviation=tuple(deviation.tolist()),
        # A cut at so many deviations has no meaning for values in other units.
        clip=params.clip if params.standardise else None,
        states=structure.states if any(feature.equals for feature in features) else (),
    )
    return fitted, dict(zip(fitted.names, selection.scores, strict=True))


def score_target(windows: pd.DataFrame, structure: Structure, params: FeaturesParams) -> Floats:
    """What candidates are scored against: the level or the change of transformed positivity.

    Returns:
        [rows], on the scale of `params.transform`; the change is from the last known day.
    """
    level = transform(params.transform, windows[structure.target_column].to_numpy())
    if params.score_target == "level":
        return level
    return level - transform(params.transform, windows[structure.known_column].to_numpy())


def _scaling(values: Floats, standardised: bool) -> tuple[Floats, Floats]:
    if standardised:
        return moments(values)
    return np.zeros(values.shape[1]), np.ones(values.shape[1])
