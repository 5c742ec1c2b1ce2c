"""Sharpness and noise of the networks that the trainings have ended in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hw1.engine.architecture import Architecture, initial_parameters
from hw1.engine.arrays import NumpyArrays
from hw1.engine.blocks import Blocks
from hw1.engine.randomness import Randomness
from hw1.fitted.base import Floats
from hw1.lectures.batch_size.budget import rows_of_batch
from hw1.lectures.batch_size.ground import Ground
from hw1.lectures.batch_size.loss import loss_on
from hw1.lectures.batch_size.noise import measured_variance, noise_of, row_gradients
from hw1.lectures.batch_size.params import BatchSizeParams, SharpnessParams
from hw1.lectures.batch_size.runs import Runs, seeds_of
from hw1.lectures.batch_size.sharpness import largest_eigenvalue, perturbed, rise


@dataclass(frozen=True)
class Sharpness:
    """Of the minima that several seeds have ended in, shape [seeds] each; NaN of runaways.

    Attributes:
        eigenvalue: the largest of the Hessian of the training loss.
        rise: the mean percentage that the loss rises by at random points around.
    """

    eigenvalue: Floats
    rise: Floats


@dataclass(frozen=True)
class GradientNoise:
    """Of networks of several seeds.

    Attributes:
        variance: of one row's gradient, shape [seeds].
        square: squared length of the gradient of all rows, shape [seeds].
        scale: the simple noise scale in rows, shape [seeds].
        predicted: variance of a batch's gradient by the formula, shape [sizes, seeds].
        measured: the same over drawn batches, shape [sizes, seeds].
    """

    variance: Floats
    square: Floats
    scale: Floats
    predicted: Floats
    measured: Floats


def sharpness_of(params: SharpnessParams, ground: Ground, runs: Runs) -> Sharpness:
    """Measure every seed's minimum; the points around it are the same steps for all runs."""
    rows = ground.rows
    loss = loss_on(ground.architecture, rows.x, rows.y)
    eigenvalues, rises = np.full((2, runs.parameters.members), np.nan)
    for seed, flat in enumerate(runs.parameters.flat):
        if np.isfinite(flat).all() and np.isfinite(runs.errors.train[seed]):
            eigenvalues[seed] = largest_eigenvalue(loss, flat)
            points = perturbed(flat, params.width, params.draws, np.random.default_rng(seed))
            losses = _losses(ground, np.vstack([flat[None], points]))
            rises[seed] = rise(float(losses[0]), losses[1:])
    return Sharpness(eigenvalues, rises)


def noise_of_seeds(params: BatchSizeParams, ground: Ground, flats: Floats) -> GradientNoise:
    """Noise of the gradient at some networks' weights.

    Args:
        params: section `batch_size:`.
        ground: what rows.
        flats: weights of every seed, shape [seeds, size].
    """
    rows = ground.rows
    sizes = [rows_of_batch(batch, params.rows) for batch in params.batch_sizes]
    noises, measured = [], np.empty((len(sizes), len(flats)))
    for seed, flat in enumerate(flats):
        gradients = row_gradients(ground.architecture, flat, rows.x, rows.y)
        noises.append(noise_of(gradients))
        generator = np.random.default_rng((params.seed, seed))
        measured[:, seed] = [
            measured_variance(gradients, size, params.noise.draws, generator) for size in sizes
        ]
    return GradientNoise(
        variance=np.array([noise.variance for noise in noises]),
        square=np.array([noise.square for noise in noises]),
        scale=np.array([noise.scale for noise in noises]),
        predicted=np.array(
            [[noise.of_batches(size, params.rows) for noise in noises] for size in sizes]
        ),
        measured=measured,
    )


def first_weights(params: BatchSizeParams, architecture: Architecture) -> Floats:
    """What every seed begins with, shape [seeds, size]."""
    generators = Randomness(list(seeds_of(params))).initial
    return np.asarray(initial_parameters(architecture, generators, NumpyArrays("double")).flat)


def _losses(ground: Ground, flats: Floats) -> Floats:
    """Training losses on the fitted scale of several networks, shape [networks]."""
    networks = Blocks(ground.architecture.parameter_shapes(), flats)
    strays = ground.outputs(networks, ground.rows.x) - ground.rows.y
    return np.asarray((strays**2).mean(axis=1))
