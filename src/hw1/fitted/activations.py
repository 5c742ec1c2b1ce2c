"""The networks' activation functions in numpy, each equal to PyTorch's default form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hw1.fitted.base import Floats

LEAKY_SLOPE = 0.01


def _sigmoid(x: Floats) -> Floats:
    # by way of tanh, which does not overflow where exp(-x) would
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)), dtype=np.float64)


def _gelu(x: Floats) -> Floats:
    from scipy.special import erf

    return np.asarray(0.5 * x * (1.0 + erf(x / np.sqrt(2.0))), dtype=np.float64)


ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x: np.where(x > 0.0, x, LEAKY_SLOPE * x),
    "elu": lambda x: np.where(x > 0.0, x, np.expm1(np.minimum(x, 0.0))),
    "gelu": _gelu,
    "silu": lambda x: x * _sigmoid(x),
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
}
