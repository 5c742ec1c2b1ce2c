"""Intervals by resampling whole states.

Rows of one chain are windows that overlap by all days but one, and their errors share the same
epidemic: resampling rows as if they were independent gives intervals that are several times too
narrow. States are the smallest units that are roughly independent, so they are what is drawn (the
cluster bootstrap; Cameron, Gelbach and Miller 2008, "Bootstrap-based improvements for inference
with clustered errors"; intervals are percentiles, Efron 1979). Errors are ratios of sums, so a
resample needs only each state's sums and how often the state was drawn: all resamples together
are one matrix product.
"""

import numpy as np

from hw1.evaluation.errors import Array, ErrorSums

Interval = tuple[float, float]


def state_intervals(
    by_state: ErrorSums, resamples: int, confidence: float, generator: np.random.Generator
) -> dict[str, Interval]:
    """Percentile intervals of the pooled errors.

    Args:
        by_state: the sums of every state, [states].
        resamples: number of draws of as many states as there are, with replacement.
        confidence: share of the resamples that lies inside an interval.
        generator: the source of randomness.

    Returns:
        (low, high) for each of `ErrorSums.errors`. Empty where fewer than two states have rows:
        one state says nothing about how much states differ. An error that has no value in some
        resample (skill where persistence is perfect) is left out.
    """
    counts = state_draws(by_state.weight, resamples, generator)
    if counts is None:
        return {}
    tail = (1 - confidence) / 2
    intervals = {}
    for name, values in by_state.resampled(counts).errors().items():
        if np.isfinite(values).all():
            low, high = np.quantile(values, [tail, 1 - tail])
            intervals[name] = (float(low), float(high))
    return intervals


def state_draws(weight: Array, resamples: int, generator: np.random.Generator) -> Array | None:
    """Draw states with replacement, as many as have rows that count.

    Args:
        weight: sum of the rows' weights of every state, [states].
        resamples: number of draws.
        generator: the source of randomness.

    Returns:
        How often each resample draws each state, [resamples, states]; None where fewer than two
        states count.
    """
    counted = np.flatnonzero(weight > 0)
    if len(counted) < 2:
        return None
    counts = np.zeros((resamples, len(weight)))
    shares = np.full(len(counted), 1 / len(counted))
    counts[:, counted] = generator.multinomial(len(counted), shares, size=resamples)
    return counts
