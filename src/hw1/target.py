"""The scale on which the target is fitted, and the way back to percent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from hw1.transforms import inverse_transform, transform

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TargetScale:
    """Between positivity in percent and what a model fits.

    Attributes:
        kind: "level" fits the positivity itself, "change" its change from the last known day.
        transform: "none" works on percent, "arcsine_sqrt" on arcsin(sqrt(percent / 100)).
    """

    kind: Literal["level", "change"]
    transform: Literal["none", "arcsine_sqrt"]

    def encode(self, target_percent: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """What a model is to output.

        Args:
            target_percent: the positivity to predict, in percent, shape [rows].
            known_percent: the last known day's positivity, in percent, shape [rows].

        Returns:
            Values on this scale, shape [rows].
        """
        level = transform(self.transform, target_percent)
        if self.kind == "level":
            return level
        return level - transform(self.transform, known_percent)

    def decode(self, values: npt.ArrayLike, known_percent: npt.ArrayLike) -> Floats:
        """Percentages of a model's outputs, not cut to 0..100 where the transform is "none".

        Args:
            values: outputs on this scale, shape [..., rows], such as [members, rows].
            known_percent: the last known day's positivity, in percent, shape [rows].

        Returns:
            Percentages, the shape of `values`.
        """
        level = np.asarray(values, dtype=np.float64)
        if self.kind == "change":
            level = level + transform(self.transform, known_percent)
        return inverse_transform(self.transform, level)
