"""What every fitted model can do, and the checks that they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from hw1.core.errors import DataError

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
Scale = float | Floats
"""What outputs are multiplied by or moved by: one number, or one for every output, [outputs]."""


class Fitted(Protocol):
    """A fitted model of one or more members, which predict side by side."""

    kind: ClassVar[str]

    @property
    def members(self) -> int:
        """Number of members."""

    @property
    def features(self) -> int:
        """Number of features a row must have."""

    @property
    def outputs(self) -> int:
        """Number of outputs that a row gets."""

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs on the target's scale.

        Args:
            x: features, shape [rows, features].

        Returns:
            One row of outputs a member, shape [members, rows], or [members, rows, outputs] where
            there are several.

        Raises:
            DataError: `x` has another number of features.
        """

    def rescaled(self, factor: Scale, offset: Scale) -> Self:
        """The same model with outputs `offset + factor * output`.

        Raises:
            ValueError: there are more or fewer factors or offsets than outputs.
        """

    def settings(self) -> dict[str, Any]:
        """What is not an array, ready for JSON."""

    def arrays(self) -> dict[str, Array]:
        """The arrays by name."""

    @classmethod
    def from_parts(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a model from its settings and arrays.

        Raises:
            DataError: parts are missing or do not fit together.
        """


def rows_of(x: npt.ArrayLike, features: int) -> Floats:
    """Features as float64 rows.

    Raises:
        DataError: `x` is not a table of `features` columns.
    """
    rows = np.asarray(x, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != features:
        raise DataError(
            f"the model was fitted on {features} features; the rows have shape {rows.shape}"
        )
    return rows


def per_output(scale: Scale, outputs: int) -> Scale:
    """A factor or an offset ready to be put on a model's outputs, the last axis.

    Args:
        scale: one number, or one for every output, shape [outputs].
        outputs: how many the model has.

    Returns:
        As given, but one number where there is one output.

    Raises:
        ValueError: there are more or fewer than outputs.
    """
    if not isinstance(scale, np.ndarray) or scale.ndim == 0:
        return scale
    if scale.shape != (outputs,):
        raise ValueError(f"{outputs} outputs cannot be rescaled by numbers of shape {scale.shape}")
    return scale if outputs > 1 else float(scale[0])


def require(condition: bool, problem: str) -> None:
    """Refuse parts that do not make a model.

    Raises:
        DataError: `condition` does not hold.
    """
    if not condition:
        raise DataError(f"not a model of this project: {problem}")


def part(parts: Mapping[str, Any], name: str) -> Any:
    """One part by name.

    Raises:
        DataError: there is none of that name.
    """
    require(name in parts, f"`{name}` is missing")
    return parts[name]


def array_part(arrays: Mapping[str, Array], name: str, dimensions: int, kind: str = "f") -> Array:
    """One array by name, with its number of dimensions and its type checked.

    Args:
        arrays: all arrays of a model.
        name: the array wanted.
        dimensions: how many dimensions it must have.
        kind: numpy's letter for its type, "f" (float) or "i" (integer).

    Raises:
        DataError: it is missing, has another form or holds NaN or infinity.
    """
    array: Array = part(arrays, name)
    require(array.dtype.kind == kind, f"`{name}` has type {array.dtype}")
    require(array.ndim == dimensions, f"`{name}` has shape {array.shape}")
    require(bool(np.isfinite(array).all()), f"`{name}` holds values that are not finite")
    return array
