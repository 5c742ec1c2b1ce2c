"""How far a batch's gradient strays from that of all rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from hw1.engine.architecture import Architecture
from hw1.fitted.base import Floats
from hw1.lectures.batch_size.loss import row_loss


@dataclass(frozen=True)
class Noise:
    """Of the gradient at one point.

    Attributes:
        variance: of one row's gradient, summed over the parameters: the trace of its covariance.
        square: the squared length of the gradient of all rows.
    """

    variance: float
    square: float

    @property
    def scale(self) -> float:
        """The simple noise scale (McCandlish et al. 2018, arXiv:1812.06162), in rows.

        A batch of so many rows has a gradient whose variance is as large as its square.
        """
        return self.variance / self.square

    def of_batches(self, batch: int, rows: int) -> float:
        """The variance of the gradient of a batch that is drawn without any row twice."""
        return self.variance / batch * (rows - batch) / max(rows - 1, 1)


def row_gradients(architecture: Architecture, parameters: Floats, x: Floats, y: Floats) -> Floats:
    """Every row's own gradient of its squared error.

    Args:
        architecture: the network's shape.
        parameters: one member's, shape [size].
        x: features, shape [rows, features].
        y: targets on the fitted scale, shape [rows].

    Returns:
        Shape [rows, size], at double precision.
    """
    import torch
    from torch.func import grad, vmap

    each = vmap(grad(row_loss(architecture)), in_dims=(None, 0, 0))
    found = each(torch.from_numpy(parameters), torch.from_numpy(x), torch.from_numpy(y))
    return np.asarray(found.numpy(), dtype=np.float64)


def noise_of(gradients: Floats) -> Noise:
    """The noise of gradients of single rows, shape [rows, size]."""
    whole = gradients.mean(axis=0)
    return Noise(float(((gradients - whole) ** 2).sum(axis=1).mean()), float(whole @ whole))


def measured_variance(gradients: Floats, batch: int, draws: int, generator: Generator) -> float:
    """The mean squared distance of drawn batches' gradients from that of all rows.

    Args:
        gradients: of single rows, shape [rows, size].
        batch: rows of a batch, none of them twice.
        draws: number of batches.
        generator: draws them.
    """
    rows = len(gradients)
    shares = np.zeros((draws, rows))
    for draw in shares:
        draw[generator.permutation(rows)[:batch]] = 1.0 / batch
    # both means are of centred gradients, so that a batch of all rows strays by nothing
    strays = shares @ (gradients - gradients.mean(axis=0))
    return float((strays**2).sum(axis=1).mean())
