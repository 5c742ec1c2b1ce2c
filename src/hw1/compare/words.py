"""A paired difference in plain words, and numbers as they stand in them."""

import math
from statistics import NormalDist

from hw1.compare.paired import PairedDifference
from hw1.evaluation.labels import metric_label
from hw1.task_words import MainMetric

MOST_DECIMALS = 6
LEAST, MOST = 1e-6, 1e9
"""Outside of these a number is written with an exponent."""


def paired_verdict(
    paired: PairedDifference,
    metric: MainMetric = "mse",
    seeds: float | None = None,
    names: tuple[str, str] = ("A", "B"),
) -> str:
    """One line that says who is better, by how much, and how sure that is.

    Args:
        paired: the difference, B minus A.
        metric: the error to quote; MSE and RMSE agree on who is better.
        seeds: standard deviation of the losses' difference that other seeds alone would give, if
            known (`hw1.compare.metrics.seed_noise`).
        names: what to call A and B.
    """
    label = metric_label(metric)
    if paired.low is None or paired.high is None:
        quoted = signed(_difference(paired, metric)[0])
        return f"no verdict: {label} {quoted}, but one state alone says nothing of noise"
    if paired.low == paired.high == 0:
        return "no difference on validation rows: the same error in every state"
    change, low, high = signed_interval(*_difference(paired, metric))
    quoted = f"{label} {change} [{low}, {high}]"
    leader, share = _leader(paired, names)
    if paired.winner is None:
        return f"no more than noise: {quoted}, {leader} ahead in {share}"
    if seeds is not None and within_seeds(paired, seeds):
        noise = signed(_seed_bound(paired, seeds, metric))[1:]
        return f"no more than noise: {quoted}, but other seeds alone give +/- {noise}"
    # The winner's error is the lower one, so sizes without signs leave nothing to guess.
    nearer, farther = sorted([low[1:], high[1:]], key=lambda bound: float(bound.replace(",", "")))
    lower = f"{label} lower by {change[1:]} [{nearer}, {farther}]"
    return f"{leader} is better: {lower}, in {share}"


def within_seeds(paired: PairedDifference, seeds: float | None) -> bool:
    """Whether seeds alone explain the difference, at the confidence of its interval."""
    return seeds is not None and seeds > 0 and abs(paired.difference) <= _seed_bound(paired, seeds)


def signed(value: float) -> str:
    """A difference with two significant digits: `-0.021`, `+1.2`."""
    return _signed(value, _decimals(abs(value), 2))


def signed_interval(value: float, low: float, high: float) -> tuple[str, str, str]:
    """A difference and its bounds with the same decimals, of which none reads as 0 but is not.

    The decimals are those of two digits of the difference, or of a tenth of the interval's width
    where the difference is smaller than that.
    """
    decimals = _decimals(max(abs(value), (high - low) / 10), 2)
    bounds = [abs(bound) for bound in (low, high) if bound != 0]
    decimals = max([decimals, *(min(_decimals(bound, 1), MOST_DECIMALS) for bound in bounds)])
    return _signed(value, decimals), _signed(low, decimals), _signed(high, decimals)


def _signed(value: float, decimals: int) -> str:
    if value == 0:
        return "0"
    readable = LEAST <= abs(value) < MOST
    return f"{value:+,.{decimals}f}" if readable else f"{value:+.1e}"


def _decimals(size: float, digits: int) -> int:
    """Decimals that show so many digits of a number of this size."""
    return max(0, digits - 1 - math.floor(math.log10(size))) if size else 0


def _difference(paired: PairedDifference, metric: MainMetric) -> tuple[float, float, float]:
    """The difference and its bounds, 0 where there are none."""
    if metric == "rmse":
        return paired.rmse or 0.0, paired.rmse_low or 0.0, paired.rmse_high or 0.0
    return paired.difference, paired.low or 0.0, paired.high or 0.0


def _seed_bound(paired: PairedDifference, seeds: float, metric: MainMetric = "mse") -> float:
    """How far seeds alone move the difference at the confidence of its interval."""
    bound = NormalDist().inv_cdf((1 + paired.confidence) / 2) * seeds
    if metric != "rmse":
        return bound
    return bound / (math.sqrt(paired.loss_a) + math.sqrt(paired.loss_b))


def _leader(paired: PairedDifference, names: tuple[str, str]) -> tuple[str, str]:
    """The side that wins more resamples, and how many: `B`, `99 % of resamples`."""
    a_better, b_better = paired.share_a_better or 0.0, paired.share_b_better or 0.0
    leader, share = (names[1], b_better) if b_better >= a_better else (names[0], a_better)
    if share == 1:
        return leader, "all resamples"
    percent = f"{share * 100:.0f}" if share < 0.99 else f"{min(share, 0.999) * 100:.1f}"
    return leader, f"{percent} % of resamples"
