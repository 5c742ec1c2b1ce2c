"""What two variants score: the main metrics of both, and how much seeds alone move them."""

import math
from dataclasses import dataclass
from typing import Literal

from hw1.compare.side import Side, same_question
from hw1.evaluation.labels import metric_label
from hw1.task_words import MainMetric

Direction = Literal["lower", "higher", "zero", "none"]
"""Which way a metric is better; `none` where it only describes the variant."""

Rows = Literal["validation", "public", "private", "all", "none"]

LEADERBOARD: tuple[Rows, ...] = ("public", "private", "all")


@dataclass(frozen=True)
class Metric:
    """A metric that is worth showing.

    Attributes:
        name: its dotted name among a side's metrics.
        label: the same in words.
        better: which way it is better.
        rows: the rows it is measured on; a difference means something only on the same ones.
        share: whether it is a share, to be shown in percent.
    """

    name: str
    label: str
    better: Direction
    rows: Rows
    share: bool = False


SKILL = Metric("evaluate.valid.skill", "validation skill", "higher", "validation", share=True)
SIZE = Metric("train.parameters", "numbers in the model", "none", "none")
PROBABILITY_METRICS: tuple[tuple[str, Direction], ...] = (
    ("cross_entropy", "lower"),
    ("brier", "lower"),
    ("accuracy", "higher"),
    ("auc", "higher"),
)


@dataclass(frozen=True)
class MetricChange:
    """A metric of both sides; None where a side does not have it.

    Attributes:
        metric: which one.
        a: A's value; `b` likewise.
        difference: B minus A; None too where the sides measured it on other rows.
    """

    metric: Metric
    a: float | None
    b: float | None
    difference: float | None

    @property
    def better(self) -> Literal["a", "b"] | None:
        """The side with the better value, be it by chance; None where neither has."""
        if self.a is None or self.b is None or self.difference is None:
            return None
        change = abs(self.b) - abs(self.a) if self.metric.better == "zero" else self.difference
        if self.metric.better == "none" or change == 0:
            return None
        return "b" if (change > 0) == (self.metric.better == "higher") else "a"


def metric_changes(a: Side, b: Side, same_rows: bool) -> tuple[MetricChange, ...]:
    """The main metrics that a side has, the one that it is judged by first.

    There are none where the sides answer different questions.

    Args:
        a: the one side.
        b: the other.
        same_rows: whether both were validated on the same rows.
    """
    if not same_question(a, b):
        return ()
    changes = []
    for metric in _metrics(a.metric):
        left, right = a.metrics.get(metric.name), b.metrics.get(metric.name)
        if left is None and right is None:
            continue
        difference = None
        if left is not None and right is not None and _comparable(metric, a, b, same_rows):
            difference = right - left
        changes.append(MetricChange(metric, left, right, difference))
    return tuple(changes)


def seed_noise(a: Side, b: Side) -> float | None:
    """Standard deviation of the losses' difference that other seeds alone would give.

    The loss (MSE, cross-entropy) of an ensemble of m members moves with its seeds by s / sqrt(m)
    or a little less, where s is the deviation between single members' losses. Resampling states
    knows nothing of it: two variants that differ by their seeds only can differ on almost every
    state. The sides' seeds count as independent; where both share them and little else changed,
    this is too much.

    Returns:
        Squared percentage points, or nats; None where a side had one seed, which says nothing
        about it.
    """
    variances = [_seed_variance(side) for side in (a, b)]
    if any(variance is None for variance in variances):
        return None
    return math.sqrt(sum(variance for variance in variances if variance is not None))


def _seed_variance(side: Side) -> float | None:
    members = side.metrics.get("evaluate.seeds.members")
    deviation = side.metrics.get(f"evaluate.seeds.{side.loss}_deviation")
    if members is None:
        return None
    if deviation is not None:
        return deviation**2 / members
    # One member where more were asked for: nothing in this model is random.
    return 0.0 if side.parameters.get("train.seeds", 1) > 1 else None


def _metrics(main: MainMetric) -> list[Metric]:
    """What is worth showing beside variants that are judged by this metric."""
    return _of_probabilities() if main == "cross_entropy" else _of_percentages(main)


def _of_percentages(main: str) -> list[Metric]:
    other = "rmse" if main == "mse" else "mse"
    validation = [
        Metric(f"evaluate.valid.{error}", f"validation {error.upper()}", "lower", "validation")
        for error in (main, other, "mae")
    ]
    every = "validation skill, all signals"
    return [
        *validation,
        Metric("evaluate.valid.bias", "validation bias", "zero", "validation"),
        SKILL,
        Metric("evaluate.structured.mean_skill", every, "higher", "validation", share=True),
        *_on_test_rows(main, "leaderboard"),
        Metric("evaluate.seeds.mse_mean", "MSE of one seed", "lower", "validation"),
        Metric("train.train_mse", "training MSE", "none", "validation"),
        SIZE,
    ]


def _of_probabilities() -> list[Metric]:
    validation = [
        Metric(f"evaluate.valid.{name}", f"validation {metric_label(name)}", better, "validation")
        for name, better in PROBABILITY_METRICS
    ]
    mean = "evaluate.seeds.cross_entropy_mean"
    return [
        *validation,
        SKILL,
        Metric("evaluate.calibration.error", "calibration error", "lower", "validation"),
        *_on_test_rows("cross_entropy", "test"),
        Metric(mean, "cross-entropy of one seed", "lower", "validation"),
        Metric("train.train_mse", "training Brier score", "none", "validation"),
        SIZE,
    ]


def _on_test_rows(main: str, where: str) -> list[Metric]:
    label = f"{where} {metric_label(main)}"
    return [
        Metric(f"submit.score.{part}.{main}", f"{label}, {part}", "lower", part)
        for part in LEADERBOARD
    ]


def _comparable(metric: Metric, a: Side, b: Side, same_rows: bool) -> bool:
    if metric.rows == "none":
        return True
    if metric.rows == "validation":
        return same_rows
    # Persistence has no parameters: where its error is the same, the rows are. Probabilities have
    # no such yardstick: the base rate depends on the split.
    name = "rows" if a.loss == "cross_entropy" else "persistence_mse"
    yardstick = f"submit.score.{metric.rows}.{name}"
    return a.edition == b.edition and a.metrics.get(yardstick) == b.metrics.get(yardstick)
