"""How much of the best trial's error is luck: what a search promises and will not hold.

The least of many errors is too good: trials differ by chance, and the search picks the luckiest.
How much too good is estimated from errors alone, without a fit, by resampling the states that the
held-out rows come from (see `hw1.evaluation.bootstrap`) and choosing again on every resample:

- `optimism` judges each resample's choice on the states that the resample has not drawn. It is the
  bootstrap bias correction of Tsamardinos, Greasidou and Borboudakis (2018, "Bootstrapping the
  out-of-sample predictions for efficient and accurate cross-validation", BBC-CV), drawn by states.
- `optimism_in_bag` judges it on all states, those drawn among them: Efron's optimism (1983,
  "Estimating the error rate of a prediction rule") of the choice, akin to the correction of
  Tibshirani and Tibshirani (2009, "A bias correction for the minimum error rate in
  cross-validation", arXiv:0908.2904), who compare folds' choices as resamples are compared here.

Both are measured against the overall winner on the same states, whose own expected optimism under
resampling is 0 but for the ratio's small bias: the luck of the draw that all trials share cancels
(a control variate).

Where trials differ by chance alone, a resample's choice leans on luck of which the data themselves
have their part, so that the in-bag figure is too small, by a factor of about 1 / sqrt(2); the
out-of-bag figure is right there. Where trials truly differ, the latter is somewhat too large, as it
chooses by fewer states. In simulations the truth mostly lay between the two; the out-of-bag
figure, which errs on the careful side, corrects the winner's error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hw1.evaluation.bootstrap import state_draws
from hw1.evaluation.errors import Array

RESAMPLES = 1000
CONFIDENCE = 0.9
TIE = 1e-9  # of an error: trials that fit the same differ by rounding


@dataclass(frozen=True)
class OverSearch:
    """What a search's best error owes to the search; errors in squared percentage points.

    Attributes:
        trials: complete trials that were chosen from.
        best: the least error, over all rows.
        optimism: by how much it is expected to be too low; never below 0 by more than the noise of
            resampling, exactly 0 for one trial.
        standard_error: of `optimism`, over the resamples.
        optimism_in_bag: a lower figure for the same; see the module's text.
        wins: share of the resamples in which the winner is the best as well.
        within_noise: number of other trials of which the interval of the paired difference from
            the winner includes 0.
        confidence: of those intervals.
    """

    trials: int
    best: float
    optimism: float
    standard_error: float
    optimism_in_bag: float
    wins: float
    within_noise: int
    confidence: float = CONFIDENCE

    @property
    def corrected(self) -> float:
        """The error to expect of the winner on states like these."""
        return self.best + max(0.0, self.optimism)


def over_search(
    sums: Array, weights: Array, resamples: int = RESAMPLES, seed: int = 0
) -> OverSearch | None:
    """Estimate the optimism of the best of several trials.

    Args:
        sums: weighted sum of squared errors of every complete trial and state, [trials, states],
            squared percentage points.
        weights: sum of the rows' weights of every state, [states].
        resamples: number of draws of the states.
        seed: of the draws; the same for the same result.

    Returns:
        The estimate; None without trials, or where fewer than two states have rows.
    """
    counts = state_draws(weights, resamples, np.random.default_rng(seed))
    if len(sums) == 0 or counts is None:
        return None
    errors = sums.sum(axis=1) / weights.sum()
    winner = int(errors.argmin())
    drawn = _errors(sums, weights, counts)
    chosen, each = drawn.argmin(axis=0), np.arange(resamples)
    luck = drawn[winner] - drawn[chosen, each]
    in_bag = (errors[chosen] - errors[winner]) + luck
    left = (counts == 0).astype(np.float64)
    has_rows = left @ weights > 0
    if not has_rows.any():
        return None
    others = _errors(sums, weights, left[has_rows])
    out_of_bag = others[chosen[has_rows], each[: len(others[0])]] - others[winner]
    return OverSearch(
        trials=len(sums),
        best=float(errors[winner]),
        optimism=float(out_of_bag.mean()),
        standard_error=float(out_of_bag.std() / np.sqrt(len(out_of_bag))),
        optimism_in_bag=float(in_bag.mean()),
        wins=float((luck <= TIE * errors[winner]).mean()),
        within_noise=_within_noise(drawn, winner),
    )


def _errors(sums: Array, weights: Array, counts: Array) -> Array:
    """Mean squared errors on resamples, [trials, resamples]."""
    return np.asarray((sums @ counts.T) / (counts @ weights))


def _within_noise(drawn: Array, winner: int) -> int:
    """How many other trials cannot be told from the winner."""
    others = np.delete(drawn, winner, axis=0) - drawn[winner]
    tail = (1 - CONFIDENCE) / 2
    if not len(others):
        return 0
    low, high = np.quantile(others, [tail, 1 - tail], axis=1)
    return int(((low <= 0) & (high >= 0)).sum())
