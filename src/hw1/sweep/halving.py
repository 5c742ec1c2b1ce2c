"""Successive halving: trials that have learnt less than most by then are stopped early.

Jamieson & Talwalkar 2016 (arXiv:1502.07943), with the rule of its asynchronous form (Li et al.
2020, arXiv:1810.05934): at a rung a trial goes on if it is among the best of all that have come
so far. Who has come so far depends on numbers of trials only, never on which worker was quicker,
so that a search finds the same again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

from hw1.fitted.base import Floats
from hw1.params.sweep import PruningParams
from hw1.sweep.trial import Outcome

Pool = Mapping[int, Sequence[float]]
"""Errors that earlier trials had at every rung, by its epoch."""


def rungs(pruning: PruningParams | None, epochs: int) -> list[int]:
    """The epochs after which trials of so many epochs are compared, ascending."""
    found: list[int] = []
    epoch = epochs if pruning is None else pruning.first_epoch
    while pruning is not None and epoch < epochs:
        found.append(epoch)
        epoch *= pruning.reduction
    return found


def pool_of(outcomes: Sequence[Outcome], pruning: PruningParams | None) -> Pool:
    """What trials have reached at every rung; those that were stopped there count too."""
    if pruning is None:
        return {}
    longest = max((len(outcome.curve) for outcome in outcomes), default=0)
    return {
        rung: [one.curve[rung - 1] for one in outcomes if len(one.curve) >= rung]
        for rung in rungs(pruning, longest + 1)
    }


def goes_on(errors: Floats, earlier: Sequence[float], reduction: int) -> npt.NDArray[np.bool_]:
    """Which trials are among the best.

    Args:
        errors: of the trials that are compared now, shape [trials]; NaN for one that is out.
        earlier: of those that have been at this rung before.
        reduction: of so many, with the earlier ones, one goes on; it may be none of these.

    Returns:
        True for each that goes on, shape [trials].
    """
    known = np.concatenate([errors[~np.isnan(errors)], np.asarray(earlier, dtype=np.float64)])
    if not len(known):
        return np.zeros(len(errors), dtype=bool)
    bar = np.sort(known)[ceil(len(known) / reduction) - 1]
    return np.asarray(errors <= bar)
