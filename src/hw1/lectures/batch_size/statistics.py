"""What several seeds say together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hw1.fitted.base import Floats

CONFIDENCE = 0.95


def spread(values: Floats) -> dict[str, float | None]:
    """Mean and deviation over the seeds that did not run away; None where there are too few."""
    sound = values[np.isfinite(values)]
    return {
        "mean": float(sound.mean()) if len(sound) else None,
        "deviation": float(sound.std(ddof=1)) if len(sound) > 1 else None,
    }


def paired(first: Floats, second: Floats) -> dict[str, Any]:
    """Student's paired test of `second - first` over the seeds that neither ran away with.

    Args:
        first: one value a seed.
        second: the same seeds' values.

    Returns:
        difference, deviation, low and high (a 95 % interval), p, not corrected for other tests,
        and seeds, their number; None where there are too few or all differences are the same.
    """
    from scipy.stats import ttest_rel

    sound = np.isfinite(first) & np.isfinite(second)
    differences = (second - first)[sound]
    found: dict[str, Any] = {
        "difference": float(differences.mean()) if len(differences) else None,
        "deviation": None,
        "low": None,
        "high": None,
        "p": None,
        "seeds": int(sound.sum()),
    }
    if len(differences) > 1 and differences.std() > 0.0:
        test = ttest_rel(second[sound], first[sound])
        low, high = test.confidence_interval(CONFIDENCE)
        found |= {"deviation": float(differences.std(ddof=1)), "p": float(test.pvalue)}
        found |= {"low": float(low), "high": float(high)}
    return found


def correct(tests: Sequence[dict[str, Any]]) -> int:
    """Correct the p-values of tests for their number, in place, by Holm (1979).

    The smallest is multiplied by the number of tests, the next by one less, and so on; none becomes
    smaller than one before it. So the chance that any difference is called one where there is none
    stays below the level, however the tests depend on each other.

    Args:
        tests: as `paired` gives them; `p` is replaced, where there is one.

    Returns:
        How many tests there are.
    """
    ordered = sorted((test for test in tests if test["p"] is not None), key=lambda one: one["p"])
    least = 0.0
    for place, test in enumerate(ordered):
        least = max(least, min(1.0, test["p"] * (len(ordered) - place)))
        test["p"] = least
    return len(ordered)


def number_or_none(value: float) -> float | None:
    """A number that JSON can hold."""
    return float(value) if math.isfinite(value) else None
