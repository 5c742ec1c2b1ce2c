"""Sums of sigmoids or of ReLUs: the same three steps with a function that can bend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hw1.fitted.base import Floats
from hw1.lectures.views.params import NetworkParams

Kind = Literal["sigmoid", "relu"]
ADAM = (0.9, 0.999, 1e-8)  # how long it remembers slopes and their squares; against division by 0


@dataclass(frozen=True)
class Pieces:
    """The unknown parameters of k pieces over the past days.

    Attributes:
        w: weights within every piece, shape [past days, k].
        b: biases within the pieces, shape [k].
        c: weights of the pieces, shape [k].
        constant: shape [1].
    """

    w: Floats
    b: Floats
    c: Floats
    constant: Floats

    def arrays(self) -> tuple[Floats, Floats, Floats, Floats]:
        """All parameters."""
        return self.w, self.b, self.c, self.constant


def start(past_days: int, k: int, seed: int) -> Pieces:
    """Small random parameters, in single precision: uniform within 1 / sqrt(number of inputs)."""
    chance = np.random.default_rng(seed)
    shapes = (((past_days, k), past_days), ((k,), past_days), ((k,), k), ((1,), k))
    arrays = (chance.uniform(-1, 1, shape) / np.sqrt(inputs) for shape, inputs in shapes)
    return Pieces(*(each.astype(np.float32) for each in arrays))


def predict(kind: Kind, pieces: Pieces, x: Floats) -> Floats:
    """Step 1: y = constant + sum over i of c_i piece(b_i + sum over j of w_ij x_j)."""
    return pieces.constant + _bend(kind, x @ pieces.w + pieces.b)[0] @ pieces.c


def loss(kind: Kind, pieces: Pieces, x: Floats, y: Floats) -> float:
    """Step 2: the mean squared error."""
    return float(np.mean((predict(kind, pieces, x) - y) ** 2))


def optimise(
    kind: Kind, pieces: Pieces, x: Floats, y: Floats, *, params: NetworkParams, seed: int
) -> Pieces:
    """Step 3: steps down the slope on one batch of rows after another, by Adam.

    Args:
        kind: what the pieces are.
        pieces: where to start; it stays as it is.
        x: shape [rows, past days].
        y: shape [rows].
        params: epochs, batch size and learning rate.
        seed: of the order of rows.
    """
    chance, pieces = np.random.default_rng(seed), Pieces(*(each.copy() for each in pieces.arrays()))
    x, y = x.astype(pieces.w.dtype), y.astype(pieces.w.dtype)
    adam = _Adam(pieces, params.learning_rate)
    for _ in range(params.epochs):
        order = chance.permutation(len(y))
        for begin in range(0, len(y), params.batch_size):
            batch = order[begin : begin + params.batch_size]
            adam.step(gradient(kind, pieces, x[batch], y[batch]))
    return pieces


def gradient(kind: Kind, pieces: Pieces, x: Floats, y: Floats) -> Pieces:
    """The slope of the loss along every parameter, by the chain rule from the outside in."""
    bent, slope = _bend(kind, x @ pieces.w + pieces.b)
    outer = 2 * (pieces.constant + bent @ pieces.c - y) / len(y)
    inner = outer[:, None] * pieces.c * slope
    return Pieces(x.T @ inner, inner.sum(0), bent.T @ outer, outer.sum(keepdims=True))


class _Adam:
    """Steps of a length that adapts to each parameter (Kingma and Ba 2015, arXiv:1412.6980)."""

    def __init__(self, pieces: Pieces, rate: float) -> None:
        self._arrays, self._rate, self._steps = pieces.arrays(), rate, 0
        self._means = [np.zeros_like(each) for each in self._arrays]
        self._squares = [np.zeros_like(each) for each in self._arrays]

    def step(self, slopes: Pieces) -> None:
        """Move all parameters in place."""
        first, second, small = ADAM
        self._steps += 1
        young, younger = 1 - first**self._steps, 1 - second**self._steps
        for number, slope in enumerate(slopes.arrays()):
            array, mean, square = self._arrays[number], self._means[number], self._squares[number]
            mean += (1 - first) * (slope - mean)
            square += (1 - second) * (slope**2 - square)
            array -= self._rate / young * mean / (np.sqrt(square / younger) + small)


def _bend(kind: Kind, values: Floats) -> tuple[Floats, Floats]:
    """Every piece's value, and its slope there."""
    if kind == "relu":
        return np.maximum(values, 0), (values > 0).astype(values.dtype)
    # by way of tanh, which does not overflow
    bent = (1 + np.tanh(values / 2)) / 2
    return bent, bent * (1 - bent)
