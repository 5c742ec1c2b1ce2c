"""Transforms of positivity and other percentages, shared by features and target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from hw1.core.errors import ParamsError

Floats = npt.NDArray[np.float64]

HALF_PI = np.pi / 2


def arcsine_sqrt(percent: npt.ArrayLike) -> Floats:
    """Angle whose squared sine is a share: arcsin(sqrt(percent / 100)).

    It makes the spread of an observed proportion nearly independent of the
    proportion itself (Freeman & Tukey, "Transformations related to the angular
    and the square root", Annals of Mathematical Statistics 21, 1950).

    Args:
        percent: Percentages, any shape; values outside [0, 100] are cut to it.

    Returns:
        Radians in [0, pi/2], same shape, float64.
    """
    share = np.clip(np.asarray(percent, dtype=np.float64) / 100.0, 0.0, 1.0)
    return np.asarray(np.arcsin(np.sqrt(share)), dtype=np.float64)


def inverse_arcsine_sqrt(radians: npt.ArrayLike) -> Floats:
    """Percentages of angles: 100 sin(radians)^2.

    Args:
        radians: Angles, any shape. They are cut to [0, pi/2] first, because beyond
            it the sine turns back: an overshooting model would otherwise predict
            a smaller percentage for a larger angle.

    Returns:
        Percentages in [0, 100], same shape, float64.
    """
    angle = np.clip(np.asarray(radians, dtype=np.float64), 0.0, HALF_PI)
    return np.asarray(100.0 * np.sin(angle) ** 2, dtype=np.float64)


def _unchanged(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


_FORWARD: dict[str, Callable[[Any], Floats]] = {
    "none": _unchanged,
    "arcsine_sqrt": arcsine_sqrt,
}
_INVERSE: dict[str, Callable[[Any], Floats]] = {
    "none": _unchanged,
    "arcsine_sqrt": inverse_arcsine_sqrt,
}


def transform(name: str, percent: npt.ArrayLike) -> Floats:
    """Percentages on the scale called `name` ("none" or "arcsine_sqrt").

    Raises:
        ParamsError: `name` is no known transform.
    """
    return _choose(_FORWARD, name)(percent)


def inverse_transform(name: str, values: npt.ArrayLike) -> Floats:
    """Percentages of values on the scale called `name` ("none" or "arcsine_sqrt").

    Raises:
        ParamsError: `name` is no known transform.
    """
    return _choose(_INVERSE, name)(values)


def _choose(table: dict[str, Callable[[Any], Floats]], name: str) -> Callable[[Any], Floats]:
    if name not in table:
        raise ParamsError(f"unknown transform {name!r}: choose from {', '.join(table)}")
    return table[name]
