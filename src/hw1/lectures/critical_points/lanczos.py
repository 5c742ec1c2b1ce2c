"""Eigenvalues of a matrix that is only known by its products with vectors.

Lanczos's method turns the matrix into a small tridiagonal one, whose extreme eigenvalues soon are
those of the matrix. From random starts the small ones also tell how the eigenvalues are spread:
stochastic Lanczos quadrature (Ubaru, Chen & Saad 2017; for Hessians Ghorbani, Krishnan & Xiao 2019,
arXiv:1901.10159).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from hw1.fitted.base import Floats

Product = Callable[[Floats], Floats]
"""From a vector, shape [size], to the symmetric matrix times it."""

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Ritz:
    """What a run of Lanczos's method says of a matrix.

    Attributes:
        values: estimated eigenvalues, ascending, shape [steps taken].
        weights: share of the start vector in the direction of each; they sum to 1.
        errors: bounds: some eigenvalue lies so near to each of `values`.
    """

    values: Floats
    weights: Floats
    errors: Floats


@dataclass(frozen=True)
class Estimate:
    """The spectrum of a matrix as far as products tell it.

    Attributes:
        lowest, highest: the extreme eigenvalues.
        lowest_error, highest_error: how far off they may be.
        tolerance: estimates of no larger absolute value count as 0.
        positive, negative: estimated shares of eigenvalues.
        positive_error: standard error of `positive` over the starts.
        unresolved: share, part of the two above, of estimates whose error could change their sign:
            many eigenvalues that lie close together around 0 show as a few.
        sure: the part of `positive` that is not among them.
    """

    lowest: float
    highest: float
    lowest_error: float
    highest_error: float
    tolerance: float
    positive: float
    negative: float
    positive_error: float
    unresolved: float
    sure: float


def lanczos(product: Product, start: Floats, steps: int) -> Ritz:
    """Run Lanczos's method.

    Every new vector is made orthogonal to all before it, twice: in floating point the short
    recurrence alone loses that and finds eigenvalues again and again.

    Args:
        product: the matrix.
        start: any vector but 0, shape [size].
        steps: at most so many products.
    """
    size = len(start)
    basis = np.empty((min(steps, size), size))
    diagonal, beside = [], []
    vector, length = start / np.linalg.norm(start), 0.0
    for step in range(len(basis)):
        basis[step] = vector
        image = product(vector)
        diagonal.append(float(vector @ image))
        known = basis[: step + 1]
        for _ in range(2):
            image = image - known.T @ (known @ image)
        length = float(np.linalg.norm(image))
        beside.append(length)
        # the vectors so far span a space that the matrix does not leave
        if length <= size * EPSILON * max(map(abs, diagonal + beside[:-1])):
            break
        vector = image / length
    within = np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1)
    values, vectors = np.linalg.eigh(within)
    return Ritz(values, vectors[0] ** 2, np.abs(beside[-1] * vectors[-1]))


def estimate_spectrum(
    product: Product, size: int, terms: int, *, steps: int, starts: int, generator: Generator
) -> Estimate:
    """Estimate extreme eigenvalues, and the shares of positive and negative ones.

    Args:
        product: the matrix.
        size: its number of rows.
        terms: how many terms its entries sum; see `zero_tolerance`.
        steps: products for every start.
        starts: random start vectors; two or more.
        generator: draws them.
    """
    runs = [lanczos(product, generator.normal(size=size), steps) for _ in range(starts)]
    low, high = (min(runs, key=lambda run: run.values[0]), max(runs, key=lambda r: r.values[-1]))
    tolerance = zero_tolerance(np.array([low.values[0], high.values[-1]]), size, terms)
    positive = np.array([run.weights[run.values > tolerance].sum() for run in runs])
    negative = np.array([run.weights[run.values < -tolerance].sum() for run in runs])
    unresolved = [run.weights[np.abs(run.values) <= run.errors + tolerance].sum() for run in runs]
    sure = [run.weights[run.values > run.errors + tolerance].sum() for run in runs]
    return Estimate(
        lowest=float(low.values[0]),
        highest=float(high.values[-1]),
        lowest_error=float(low.errors[0]),
        highest_error=float(high.errors[-1]),
        tolerance=tolerance,
        positive=float(positive.mean()),
        negative=float(negative.mean()),
        positive_error=float(positive.std(ddof=1) / np.sqrt(starts)),
        unresolved=float(np.mean(unresolved)),
        sure=float(np.mean(sure)),
    )


def zero_tolerance(eigenvalues: Floats, size: int, terms: int) -> float:
    """Below which absolute value an eigenvalue cannot be told from 0.

    Eigenvalues found in floating point are those of a matrix that differs by up to `size` units in
    the last place of its largest eigenvalue. The entries of a Hessian are themselves sums over
    `terms` rows, and round by up to as many units more.

    Args:
        eigenvalues: all, or the extreme ones.
        size: rows of the matrix.
        terms: how many terms its entries sum.
    """
    return (size + terms) * EPSILON * float(np.abs(eigenvalues).max())
