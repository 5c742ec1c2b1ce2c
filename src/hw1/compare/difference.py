"""Everything that differs between two variants, worked out once, to be printed or stored."""

from dataclasses import dataclass
from typing import Any, Literal

from hw1.compare.inputs import (
    FeatureChanges,
    ParameterChange,
    feature_changes,
    parameter_changes,
)
from hw1.compare.metrics import MetricChange, metric_changes, seed_noise
from hw1.compare.moved import MovedPredictions, moved_predictions
from hw1.compare.paired import PairedDifference, paired_difference
from hw1.compare.plain import plain_comparison
from hw1.compare.reasons import notes_on, why_not_paired
from hw1.compare.rows import paired_rows
from hw1.compare.side import Side, same_question
from hw1.compare.words import paired_verdict, within_seeds


@dataclass(frozen=True)
class Comparison:
    """Two variants side by side.

    Attributes:
        a: the one; differences are B minus A.
        b: the other.
        parameters: those that differ.
        features: those that came and went.
        metrics: the main ones of both, the edition's own first.
        paired: the difference on the same validation rows; None where they are not the same.
        reason: why they are not the same, and what to do; None where they are.
        seeds: standard deviation of the losses' difference that other seeds alone would give, if
            known.
        moved: predictions that moved; None where the rows are not the same.
        notes: what a reader has to know before believing the rest.
    """

    a: Side
    b: Side
    parameters: tuple[ParameterChange, ...]
    features: FeatureChanges
    metrics: tuple[MetricChange, ...]
    paired: PairedDifference | None
    reason: str | None
    seeds: float | None
    moved: MovedPredictions | None
    notes: tuple[str, ...]

    @property
    def winner(self) -> Literal["a", "b"] | None:
        """The side that is better by more than states and seeds explain; None where neither is."""
        if self.paired is None or within_seeds(self.paired, self.seeds):
            return None
        return self.paired.winner

    @property
    def same_results(self) -> bool:
        """Whether both sides predict and score the same, as far as is known."""
        values = [change.a == change.b for change in self.metrics]
        features = self.features.none and not self.features.scores
        moved = self.moved is not None and self.moved.moved > 0
        return any(values) and all(values) and features and not moved

    @property
    def verdict(self) -> str:
        """One line: who wins and how sure that is."""
        if self.same_results:
            words = "other parameters, the same" if self.parameters else "the same parameters and"
            return f"no difference: {words} results"
        if self.paired is None:
            return f"no verdict: {self.reason}"
        return paired_verdict(self.paired, self.a.metric, self.seeds)

    def to_dict(self) -> dict[str, Any]:
        """All of it in JSON's types; see `hw1.compare.plain`."""
        return plain_comparison(self)


def compare(
    a: Side,
    b: Side,
    *,
    resamples: int = 1000,
    confidence: float = 0.9,
    seed: int = 0,
    most: int = 5,
) -> Comparison:
    """Compare two variants.

    Args:
        a: the one, mostly what was there before.
        b: the other, mostly what is new.
        resamples: draws of states behind the intervals.
        confidence: share of the resamples inside the intervals.
        seed: of the draws.
        most: how many of the predictions that moved most to name.

    Raises:
        DataError: a side's predictions hold a row twice or a value that is no number.
    """
    paired = rows = None
    alike = a.edition == b.edition and same_question(a, b)
    if a.predictions is not None and b.predictions is not None and alike:
        rows = paired_rows(a.predictions, b.predictions)
        paired = paired_difference(
            a.predictions,
            b.predictions,
            loss=a.loss,
            resamples=resamples,
            confidence=confidence,
            seed=seed,
        )
    metrics = metric_changes(a, b, same_rows=paired is not None)
    return Comparison(
        a=a,
        b=b,
        parameters=parameter_changes(a, b),
        features=feature_changes(a, b),
        metrics=metrics,
        paired=paired,
        reason=why_not_paired(a, b) if paired is None else None,
        seeds=seed_noise(a, b) if same_question(a, b) else None,
        moved=None if rows is None else moved_predictions(rows, most),
        notes=tuple(notes_on(a, b, paired, metrics)),
    )
