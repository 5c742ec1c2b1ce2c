"""How sharp the minimum is that a training has ended in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator

from hw1.fitted.base import Floats
from hw1.lectures.batch_size.loss import Loss

if TYPE_CHECKING:
    from torch import Tensor

# what a largest eigenvalue may be off by, relative to itself
TOLERANCE = 1e-4
# vectors that Lanczos keeps: the largest eigenvalue stands alone, so that few will do
VECTORS = 10


def largest_eigenvalue(loss: Loss, parameters: Floats) -> float:
    """The largest eigenvalue of a loss's Hessian, by Lanczos on Hessian-vector products.

    Args:
        loss: of parameters.
        parameters: where, shape [size].

    Returns:
        The curvature along the steepest direction: loss per squared length of a step.
    """
    import torch
    from scipy.sparse.linalg import LinearOperator, eigsh
    from torch.func import grad, jvp

    point, size = torch.from_numpy(parameters), len(parameters)
    slope = grad(loss)

    def product(vector: Floats) -> Floats:
        direction: Tensor = torch.from_numpy(np.ascontiguousarray(vector).reshape(size))
        return np.asarray(jvp(slope, (point,), (direction,))[1].numpy(), dtype=np.float64)

    hessian = LinearOperator((size, size), matvec=product, dtype=np.float64)
    # without a first vector of ours every call would draw another
    start = np.random.default_rng(0).standard_normal(size)
    found = eigsh(
        hessian,
        k=1,
        which="LA",
        v0=start,
        ncv=min(size, VECTORS),
        tol=TOLERANCE,
        return_eigenvectors=False,
    )
    return float(found[0])


def perturbed(parameters: Floats, width: float, draws: int, generator: Generator) -> Floats:
    """Parameters moved at random inside a small box around them.

    The box is that of Keskar et al. 2017 (arXiv:1609.04836): parameter w moves by at most
    `width * (|w| + 1)`. They search it for its highest loss; here it is sampled evenly.

    Args:
        parameters: one member's, shape [size].
        width: of the box.
        draws: how many points.
        generator: draws them.

    Returns:
        Shape [draws, size].
    """
    moves = generator.uniform(-1.0, 1.0, (draws, len(parameters)))
    return np.asarray(parameters + width * (np.abs(parameters) + 1.0) * moves)


def rise(before: float, after: Floats) -> float:
    """How much a loss rises on average, as a percentage of one plus the loss.

    Args:
        before: the loss at the minimum.
        after: at the points around it, shape [draws].
    """
    return float(100.0 * (after.mean() - before) / (1.0 + before))
