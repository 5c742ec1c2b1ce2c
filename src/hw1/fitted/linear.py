"""Linear models: persistence, least squares with and without penalties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy.typing as npt

from hw1.fitted.base import Array, Floats, array_part, require, rows_of


@dataclass(frozen=True)
class LinearFitted:
    """`x @ coefficients + intercept`; all zeros is persistence on the change target.

    Attributes:
        coefficients: shape [members, features].
        intercepts: shape [members].
    """

    coefficients: Array
    intercepts: Array

    kind: ClassVar[str] = "linear"

    @property
    def members(self) -> int:
        """Number of members."""
        return int(self.coefficients.shape[0])

    @property
    def features(self) -> int:
        """Number of features a row must have."""
        return int(self.coefficients.shape[1])

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs, shape [members, rows], of features of shape [rows, features]."""
        rows = rows_of(x, self.features)
        outputs: Floats = self.coefficients @ rows.T + self.intercepts[:, None]
        return outputs

    def rescaled(self, factor: float, offset: float) -> Self:
        """The same model with outputs `offset + factor * output`."""
        return type(self)(self.coefficients * factor, self.intercepts * factor + offset)

    def settings(self) -> dict[str, Any]:
        """Nothing beyond the arrays."""
        return {}

    def arrays(self) -> dict[str, Array]:
        """The arrays by name."""
        return {"coefficients": self.coefficients, "intercepts": self.intercepts}

    @classmethod
    def from_parts(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a model from its arrays.

        Raises:
            DataError: parts are missing or do not fit together.
        """
        require(not settings, f"unknown settings {sorted(settings)}")
        model = cls(array_part(arrays, "coefficients", 2), array_part(arrays, "intercepts", 1))
        require(model.intercepts.shape == (model.members,), "intercepts do not fit coefficients")
        return model
