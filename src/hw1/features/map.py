"""The fitted way from windows to the numbers a model sees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.core.errors import DataError
from hw1.core.files import read_json
from hw1.core.survey import Structure
from hw1.features.columns import Feature, check_states, feature_values
from hw1.features.scaling import standardise
from hw1.transforms import Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FeatureMap:
    """Selected features and their scaling, as fitted on training rows.

    Attributes:
        features: what each feature is made of, in the order in which models see them.
        transform: scale of the percentages, "none" or "arcsine_sqrt".
        mean: subtracted from every feature, on the transformed scale.
        deviation: every feature is divided by it; 0 makes the feature 0.
        clip: standardised values are cut to +-clip; None leaves them.
        states: states that may occur, where a feature is a state; else empty.
    """

    features: tuple[Feature, ...]
    transform: str
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    clip: float | None
    states: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Names of the features, in the order of `apply`'s columns."""
        return [feature.name for feature in self.features]

    def apply(self, windows: pd.DataFrame) -> Floats:
        """Features of windows; the target column is never read and may be missing.

        Args:
            windows: one window a row; `state` and the visible day columns in percent.

        Returns:
            float64 [rows, features].

        Raises:
            DataError: a needed column is missing or not finite, or a state is unknown.
        """
        if self.states:
            check_states(windows, self.states)
        values = feature_values(self.features, windows, self.transform)
        values = standardise(values, np.asarray(self.mean), np.asarray(self.deviation))
        return values if self.clip is None else np.clip(values, -self.clip, self.clip)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form from which `from_dict` restores every bit."""
        return {
            "features": [
                {**feature.to_dict(), "mean": mean, "deviation": deviation}
                for feature, mean, deviation in zip(
                    self.features, self.mean, self.deviation, strict=True
                )
            ],
            "transform": self.transform,
            "clip": self.clip,
            "states": list(self.states),
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> FeatureMap:
        """Read what `to_dict` wrote.

        Raises:
            DataError: parts are missing or of the wrong type.
        """
        try:
            rows = [dict(row) for row in value["features"]]
            mean = tuple(float(row.pop("mean")) for row in rows)
            deviation = tuple(float(row.pop("deviation")) for row in rows)
            return cls(
                features=tuple(Feature.from_dict(row) for row in rows),
                transform=str(value["transform"]),
                mean=mean,
                deviation=deviation,
                clip=None if value["clip"] is None else float(value["clip"]),
                states=tuple(value["states"]),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise DataError(f"not a fitted feature map: {problem!r}") from None


def read_feature_maps(path: Path) -> tuple[Structure, dict[str, FeatureMap]]:
    """Read the survey's structure and the feature map of every fold.

    Args:
        path: `features.json`, as the features stage writes it.

    Returns:
        The structure, and maps by fold: "0", "1", ... and "final".

    Raises:
        DataError: the file is missing or damaged.
    """
    content = read_json(path)
    try:
        structure = Structure.from_dict(content["structure"])
        folds = dict(content["folds"])
    except (KeyError, TypeError, ValueError) as problem:
        raise DataError(f"{path} does not hold feature maps: {problem!r}") from None
    return structure, {fold: FeatureMap.from_dict(value) for fold, value in folds.items()}
