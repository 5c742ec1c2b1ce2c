"""Random numbers and slow random processes that come out alike on every platform.

Elementary functions (exp, log, sin) may differ in the last bit between platforms and processors.
Whatever they touch is therefore rounded to a coarse grid, after which only additions,
multiplications, divisions and square roots follow, which IEEE 754 fixes to the last bit.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

NORMAL_DECIMALS = 6

Floats = NDArray[np.float64]


def stream(seed: int, name: str) -> np.random.Generator:
    """An independent generator for each purpose, so that one more signal changes no other."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def normals(rng: np.random.Generator, *shape: int) -> Floats:
    """Standard normal numbers on a grid of 1e-6."""
    return round_to(rng.standard_normal(shape), NORMAL_DECIMALS)


def round_to(values: Floats, decimals: int) -> Floats:
    """Round to a grid so coarse that a difference in the last bit practically never shows."""
    rounded: Floats = np.round(values, decimals)
    return rounded


def moving_memory(values: Floats, days: float) -> Floats:
    """Exponentially weighted mean over the past along axis 0 with a mean age of `days`."""
    keep = days / (days + 1.0)
    remembered = np.empty_like(values)
    state = values[0]
    for day, today in enumerate(values):
        state = keep * state + (1.0 - keep) * today
        remembered[day] = state
    return remembered


def slow_process(rng: np.random.Generator, days: int, states: int, scale: float) -> Floats:
    """A smooth stationary process of mean 0 and deviation 1, independent over states.

    White noise passed twice through a first-order filter (a critically damped AR(2)).

    Args:
        rng: source of the noise.
        days: length.
        states: number of independent copies.
        scale: time constant of each filter in days.

    Returns:
        Array [days, states].
    """
    keep = scale / (scale + 1.0)
    deviation = ((1.0 + keep**2) / (1.0 - keep**2) ** 3) ** 0.5
    burn_in = int(8 * scale)
    noise = normals(rng, burn_in + days, states)
    first = np.zeros(states)
    second = np.zeros(states)
    process = np.empty((burn_in + days, states))
    for day, shock in enumerate(noise):
        first = keep * first + shock
        second = keep * second + first
        process[day] = second
    standard: Floats = process[burn_in:] / deviation
    return standard
