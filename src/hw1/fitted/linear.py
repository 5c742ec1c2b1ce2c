"""Linear models: persistence, least squares with and without penalties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from hw1.fitted.base import Array, Floats, Scale, array_part, part, per_output, require, rows_of


@dataclass(frozen=True)
class LinearFitted:
    """`x @ coefficients + intercept`; all zeros is persistence on the change target.

    Attributes:
        coefficients: shape [members, features], or [members, features, outputs] where there are
            several outputs.
        intercepts: shape [members], or [members, outputs].
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

    @property
    def outputs(self) -> int:
        """Number of outputs that a row gets."""
        return int(self.coefficients.shape[2]) if self.coefficients.ndim == 3 else 1

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs of features of shape [rows, features]; see `Fitted`."""
        rows = rows_of(x, self.features)
        if self.outputs > 1:
            return np.asarray(rows @ self.coefficients + self.intercepts[:, None])
        outputs: Floats = self.coefficients @ rows.T + self.intercepts[:, None]
        return outputs

    def rescaled(self, factor: Scale, offset: Scale) -> Self:
        """The same model with outputs `offset + factor * output`."""
        factor, offset = per_output(factor, self.outputs), per_output(offset, self.outputs)
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
        several = part(arrays, "coefficients").ndim == 3
        model = cls(
            array_part(arrays, "coefficients", 3 if several else 2),
            array_part(arrays, "intercepts", 2 if several else 1),
        )
        # of a single output there is one form only
        require(model.outputs > 1 or not several, "`coefficients` have an axis for one output")
        fitting = (model.members, model.outputs) if several else (model.members,)
        require(model.intercepts.shape == fitting, "intercepts do not fit coefficients")
        return model
