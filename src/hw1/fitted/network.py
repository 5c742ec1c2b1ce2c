"""Feed-forward networks, several of one shape side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from hw1.fitted.activations import ACTIVATIONS
from hw1.fitted.base import Array, Floats, Scale, array_part, part, per_output, require, rows_of


@dataclass(frozen=True)
class Normalisation:
    """Batch norm of one hidden layer as it predicts: `gain * (x - mean) / deviation + shift`.

    All arrays have shape [members, 1, width]; `deviation` is sqrt(variance + epsilon).
    """

    mean: Array
    deviation: Array
    gain: Array
    shift: Array

    def apply(self, x: Floats) -> Floats:
        """Normalised values, shape [members, rows, width]."""
        return np.asarray((x - self.mean) / self.deviation * self.gain + self.shift)


@dataclass(frozen=True)
class NetworkFitted:
    """Dense layers, one activation between them, and maybe a linear path around them.

    Attributes:
        activation: a name in `hw1.fitted.activations`.
        weights: one array a layer, shape [members, inputs, outputs].
        biases: one array a layer, shape [members, 1, outputs].
        normalisations: one a hidden layer, or none at all.
        skip: shape [members, features, outputs], or None for no linear path.
    """

    activation: str
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    normalisations: tuple[Normalisation, ...] = ()
    skip: Array | None = None

    kind: ClassVar[str] = "network"

    @property
    def members(self) -> int:
        """Number of members."""
        return int(self.weights[0].shape[0])

    @property
    def features(self) -> int:
        """Number of features a row must have."""
        return int(self.weights[0].shape[1])

    @property
    def outputs(self) -> int:
        """Number of outputs that a row gets."""
        return int(self.weights[-1].shape[2])

    def predict(self, x: npt.ArrayLike) -> Floats:
        """Outputs of features of shape [rows, features]; see `Fitted`."""
        rows = rows_of(x, self.features)
        hidden = np.broadcast_to(rows, (self.members, *rows.shape))
        for layer in range(len(self.weights) - 1):
            hidden = hidden @ self.weights[layer] + self.biases[layer]
            if self.normalisations:
                hidden = self.normalisations[layer].apply(hidden)
            hidden = ACTIVATIONS[self.activation](hidden)
        output = hidden @ self.weights[-1] + self.biases[-1]
        if self.skip is not None:
            output = output + rows @ self.skip
        return np.asarray(output if self.outputs > 1 else output[:, :, 0], dtype=np.float64)

    def rescaled(self, factor: Scale, offset: Scale) -> Self:
        """The same network with outputs `offset + factor * output`."""
        factor, offset = per_output(factor, self.outputs), per_output(offset, self.outputs)
        return replace(
            self,
            weights=(*self.weights[:-1], self.weights[-1] * factor),
            biases=(*self.biases[:-1], self.biases[-1] * factor + offset),
            skip=None if self.skip is None else self.skip * factor,
        )

    def settings(self) -> dict[str, Any]:
        """What is not an array, ready for JSON."""
        settings = {
            "activation": self.activation,
            "layers": len(self.weights),
            "batch_norm": bool(self.normalisations),
            "linear_skip": self.skip is not None,
        }
        # only where there are several, so that files of one output stay what they have been
        return settings if self.outputs == 1 else settings | {"outputs": self.outputs}

    def arrays(self) -> dict[str, Array]:
        """The arrays by name."""
        named = {f"weight_{layer}": array for layer, array in enumerate(self.weights)}
        named |= {f"bias_{layer}": array for layer, array in enumerate(self.biases)}
        for layer, norm in enumerate(self.normalisations):
            named |= {f"norm_{layer}_{name}": array for name, array in vars(norm).items()}
        return named if self.skip is None else named | {"skip": self.skip}

    @classmethod
    def from_parts(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> Self:
        """Rebuild a network from its settings and arrays.

        Raises:
            DataError: parts are missing or do not fit together.
        """
        layers = part(settings, "layers")
        require(isinstance(layers, int) and layers >= 1, f"`layers` is {layers!r}")
        model = cls(
            activation=part(settings, "activation"),
            weights=tuple(array_part(arrays, f"weight_{layer}", 3) for layer in range(layers)),
            biases=tuple(array_part(arrays, f"bias_{layer}", 3) for layer in range(layers)),
            normalisations=tuple(
                Normalisation(
                    *(
                        array_part(arrays, f"norm_{layer}_{name}", 3)
                        for name in Normalisation.__dataclass_fields__
                    )
                )
                for layer in range(layers - 1)
                if part(settings, "batch_norm")
            ),
            skip=array_part(arrays, "skip", 3) if part(settings, "linear_skip") else None,
        )
        model._check()
        outputs = settings.get("outputs", 1)
        require(model.outputs == outputs, f"the last layer has not {outputs!r} outputs")
        return model

    def _check(self) -> None:
        require(self.activation in ACTIVATIONS, f"unknown activation {self.activation!r}")
        width = self.features
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            require(weight.shape[:2] == (self.members, width), f"`weight_{layer}` does not fit")
            width = weight.shape[2]
            row = (self.members, 1, width)
            require(bias.shape == row, f"`bias_{layer}` does not fit")
            if layer < len(self.normalisations):
                shapes = {array.shape for array in vars(self.normalisations[layer]).values()}
                require(shapes == {row}, f"`norm_{layer}` does not fit")
        skip = (self.members, self.features, width)
        require(self.skip is None or self.skip.shape == skip, "`skip` does not fit")
