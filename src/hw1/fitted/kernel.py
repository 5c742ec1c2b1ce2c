"""Gaussian-kernel models: support vector regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from hw1.fitted.base import Array, Floats, Scale, array_part, part, per_output, require, rows_of


@dataclass(frozen=True)
class KernelFitted:
    """`sum_s dual[s] * exp(-gamma * |x - vector[s]|^2) + intercept`, one member.

    Attributes:
        vectors: support vectors, shape [vectors, features].
        duals: their coefficients, shape [vectors].
        gamma: inverse squared width of the kernel, above 0.
        intercept: added to every output.
    """

    vectors: Array
    duals: Array
    gamma: float
    intercept: float

    kind: ClassVar[str] = "kernel"

    @property
    def members(self) -> int:
        """Number of members: always one."""
        return 1

    @property
    def features(self) -> int:
        """Number of features a row must have."""
        return int(self.vectors.shape[1])

    @property
    def outputs(self) -> int:
        """Number of outputs that a row gets: always one."""
        return 1

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs, shape [1, rows], of features of shape [rows, features]."""
        rows = rows_of(x, self.features)
        squares = (rows**2).sum(axis=1)[:, None] + (self.vectors**2).sum(axis=1)
        # rounding may leave a tiny negative distance between equal rows
        distances = np.maximum(squares - 2.0 * rows @ self.vectors.T, 0.0)
        outputs = np.exp(-self.gamma * distances) @ self.duals + self.intercept
        return np.asarray(outputs[None, :], dtype=np.float64)

    def rescaled(self, factor: Scale, offset: Scale) -> Self:
        """The same model with outputs `offset + factor * output`."""
        factor, offset = float(per_output(factor, 1)), float(per_output(offset, 1))
        intercept = self.intercept * factor + offset
        return replace(self, duals=self.duals * factor, intercept=intercept)

    def settings(self) -> dict[str, Any]:
        """What is not an array, ready for JSON."""
        return {"gamma": self.gamma, "intercept": self.intercept}

    def arrays(self) -> dict[str, Array]:
        """The arrays by name."""
        return {"vectors": self.vectors, "duals": self.duals}

    @classmethod
    def from_parts(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a model from its settings and arrays.

        Raises:
            DataError: parts are missing or do not fit together.
        """
        vectors, duals = array_part(arrays, "vectors", 2), array_part(arrays, "duals", 1)
        require(duals.shape == vectors.shape[:1], "`duals` do not fit `vectors`")
        gamma, intercept = part(settings, "gamma"), part(settings, "intercept")
        require(isinstance(gamma, float) and gamma > 0.0, f"`gamma` is {gamma!r}")
        require(isinstance(intercept, float), f"`intercept` is {intercept!r}")
        return cls(vectors, duals, gamma, intercept)
