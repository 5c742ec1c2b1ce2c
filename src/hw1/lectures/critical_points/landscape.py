"""A loss as a function of flat parameters, with its first and second derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.func import grad, jvp, vmap

from hw1.fitted.base import Floats

# directions that are differentiated together: more cost memory and gain no time
TOGETHER = 256


class Landscape:
    """A loss in double precision; derivatives are PyTorch's, exact but for rounding.

    Args:
        loss: from parameters, shape [size], to the loss, a scalar; smooth.
        size: number of parameters.
        terms: how many terms the loss sums, such as rows: its derivatives round by so many.

    Attributes:
        size: number of parameters.
        terms: how many terms the loss sums.
    """

    def __init__(self, loss: Callable[[Tensor], Tensor], size: int, terms: int) -> None:
        self.size, self.terms = size, terms
        gradient = grad(loss)

        def product(point: Tensor, vector: Tensor) -> Tensor:
            # forward over reverse: the gradient's derivative in one direction
            return torch.as_tensor(jvp(gradient, (point,), (vector,))[1])

        self._losses, self._gradients = vmap(loss), vmap(gradient)
        self._products = vmap(product, chunk_size=TOGETHER)
        directions = torch.eye(size, dtype=torch.float64)

        def hessian(point: Tensor) -> Tensor:
            by_direction = vmap(lambda one: product(point, one), chunk_size=TOGETHER)
            return torch.as_tensor(by_direction(directions))

        self._hessians = vmap(hessian, chunk_size=max(1, TOGETHER // (4 * size)))

    def losses(self, points: Floats) -> Floats:
        """Losses of points of shape [points, size], shape [points]."""
        return _floats(self._losses(_tensor(points)))

    def gradients(self, points: Floats) -> Floats:
        """Gradients at points of shape [points, size], the same shape."""
        return _floats(self._gradients(_tensor(points)))

    def hessians(self, points: Floats) -> Floats:
        """Hessians at points of shape [points, size], shape [points, size, size]."""
        hessians = _floats(self._hessians(_tensor(points)))
        # rounding leaves the two triangles a bit apart
        return (hessians + hessians.transpose(0, 2, 1)) / 2.0

    def products(self, points: Floats, vectors: Floats) -> Floats:
        """Hessians at points times a vector each, without the Hessians; all of shape [n, size]."""
        return _floats(self._products(_tensor(points), _tensor(vectors)))


def _tensor(values: Floats) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _floats(values: Tensor) -> Floats:
    return np.asarray(values.detach().numpy(), dtype=np.float64)
