"""The decision: numbers in, verdict out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot, sqrt
from typing import Literal

Verdict = Literal["model_bias", "optimisation", "overfitting", "mismatch", "fine"]


@dataclass(frozen=True)
class Loss:
    """Mean squared error of single networks, squared percentage points.

    Attributes:
        mean: over seeds.
        deviation: of one seed's from the mean; 0 where chance plays no part.
        seeds: how many.
    """

    mean: float
    deviation: float = 0.0
    seeds: int = 1

    @property
    def uncertainty(self) -> float:
        """Standard error of the mean, as far as seeds make it."""
        return self.deviation / sqrt(self.seeds)


@dataclass(frozen=True)
class Measured:
    """A model's losses.

    Attributes:
        name: what the ladder calls it.
        train: on the windows that it learns from.
        held_out: on held-out blocks.
        contained: whether the diagnosed model could compute whatever this one computes.
    """

    name: str
    train: Loss
    held_out: Loss
    contained: bool = False


@dataclass(frozen=True)
class Lost:
    """Skill, the share of persistence's error that is saved, that is lost on certain rows.

    Attributes:
        share: skill on held-out blocks less that on those rows.
        uncertainty: standard error of it, from how states differ.
    """

    share: float
    uncertainty: float = 0.0


@dataclass(frozen=True)
class Evidence:
    """All that the decision looks at.

    Attributes:
        variant: the model to diagnose; None where every seed diverges.
        free: the same without penalties, dropout and early stopping; None where it has none.
        ladder: models to compare with, one at least.
        persistence: losses of predicting no change.
        diverged: share of the variant's seeds whose loss stops being a number.
        later: what the variant loses on held-out later days; None where it diverges.
        test_like: what it loses when held-out rows are weighted by how much they look like test
            rows; None also where too few do, or nothing tells test rows from others.
        auc: how well a classifier tells test windows from training windows; 0.5 is not at all.
    """

    variant: Measured | None
    free: Measured | None
    ladder: Sequence[Measured]
    persistence: Measured
    diverged: float
    later: Lost | None
    test_like: Lost | None
    auc: float


@dataclass(frozen=True)
class Thresholds:
    """What counts as more than noise; see section `diagnose:` of lectures/params.yaml."""

    noise: float
    tolerance: float
    later: float
    apart: float


@dataclass(frozen=True)
class Finding:
    """One question of the tree.

    Attributes:
        holds: whether the answer is yes.
        value: what was measured.
        threshold: it holds above this.
        against: the ladder's model that it is compared with; None for none.
    """

    holds: bool
    value: float
    threshold: float
    against: str | None = None


@dataclass(frozen=True)
class Decision:
    """The verdict and why.

    Attributes:
        verdict: the branch of the tree.
        findings: by question: `diverges`, `held_out_worse`, `training_large`, `penalised`,
            `easier_fits_better`, `easier_predicts_better`, `later_days_worse`, `test_like_worse`,
            `inputs_apart`. What cannot be asked is absent.
        asked: the questions on the way to the verdict, in order.
        reference: the ladder's model with the lowest held-out loss.
    """

    verdict: Verdict
    findings: dict[str, Finding]
    asked: list[str]
    reference: Measured


def decide(evidence: Evidence, thresholds: Thresholds) -> Decision:
    """Walk down the tree.

    No floor of the loss is known, so a loss is large where one that generalises lies below it: the
    reference is the ladder's model with the lowest loss on held-out rows. A model whose held-out
    loss comes up to that has nothing wrong with its training. One that does not either fits its
    training rows worse than the reference (model bias or optimisation) or at least as well
    (overfitting). It is optimisation where any model that it contains, such as a shallower network,
    fits the training rows better: what it could compute it does not find. Whether that one also
    predicts better is asked, but does not decide: a lower training loss was there to be found.

    Args:
        evidence: what was measured.
        thresholds: what counts as more than noise.
    """
    reference = min([*evidence.ladder, evidence.persistence], key=lambda one: one.held_out.mean)
    findings = {
        "diverges": Finding(evidence.diverged > 0.0, evidence.diverged, 0.0),
        **_of_losses(evidence, reference, thresholds),
        **_of_inputs(evidence, thresholds),
    }
    verdict, asked = _walk(findings)
    return Decision(verdict, findings, asked, reference)


def deeper_is_harder(
    ladder: Sequence[Measured], persistence: Measured, thresholds: Thresholds
) -> tuple[Measured, Finding] | None:
    """Whether any network of a ladder has a higher training loss than a shallower one.

    Args:
        ladder: networks by depth, trained alike.
        persistence: losses of predicting no change.
        thresholds: what counts as more than noise.

    Returns:
        The deeper network of the pair that differs most beyond what noise explains, and how far it
        lies above the shallower one; None of fewer than two networks.
    """
    scale = persistence.train.mean
    found = [
        (deeper, _larger(deeper.train, shallower.train, scale, shallower.name, thresholds))
        for shallower, deeper in combinations(ladder, 2)
    ]
    return max(found, key=lambda pair: _beyond_noise(pair[1]), default=None)


def _larger(own: Loss, other: Loss, scale: float, against: str, thresholds: Thresholds) -> Finding:
    """Whether a loss is larger than another by more than noise.

    Args:
        own: the loss in question.
        other: what it is compared with.
        scale: persistence's loss on the same rows.
        against: the name of the other's model.
        thresholds: what counts as more than noise.
    """
    noise = thresholds.noise * hypot(own.uncertainty, other.uncertainty)
    threshold = max(noise, thresholds.tolerance * scale)
    excess = own.mean - other.mean
    return Finding(excess > threshold, excess, threshold, against)


def _beyond_noise(finding: Finding) -> float:
    return finding.value - finding.threshold


def _of_losses(
    evidence: Evidence, reference: Measured, thresholds: Thresholds
) -> dict[str, Finding]:
    """Comparisons of losses; none where the variant has none."""
    variant = evidence.variant
    if variant is None:
        return {}
    on_training = evidence.persistence.train.mean
    on_held_out = evidence.persistence.held_out.mean

    def fits_worse(own: Measured, other: Measured) -> Finding:
        return _larger(own.train, other.train, on_training, other.name, thresholds)

    def predicts_worse(own: Measured, other: Measured) -> Finding:
        return _larger(own.held_out, other.held_out, on_held_out, other.name, thresholds)

    findings = {
        "held_out_worse": predicts_worse(variant, reference),
        "training_large": fits_worse(variant, reference),
    }
    free = evidence.free or variant
    if evidence.free is not None:
        findings["penalised"] = fits_worse(variant, free)
    contained = [one for one in (*evidence.ladder, evidence.persistence) if one.contained]
    if contained:
        easiest = max(contained, key=lambda one: _beyond_noise(fits_worse(free, one)))
        findings["easier_fits_better"] = fits_worse(free, easiest)
        findings["easier_predicts_better"] = predicts_worse(variant, easiest)
    return findings


def _of_inputs(evidence: Evidence, thresholds: Thresholds) -> dict[str, Finding]:
    """Whether what is learnt on training rows carries over to other days and to the test rows."""
    findings = {}
    for name, lost in (
        ("later_days_worse", evidence.later),
        ("test_like_worse", evidence.test_like),
    ):
        if lost is not None:
            threshold = max(thresholds.later, thresholds.noise * lost.uncertainty)
            findings[name] = Finding(lost.share > threshold, lost.share, threshold)
    apart = evidence.auc > thresholds.apart
    return {**findings, "inputs_apart": Finding(apart, evidence.auc, thresholds.apart)}


def _walk(findings: dict[str, Finding]) -> tuple[Verdict, list[str]]:
    """The verdict, and the questions on the way to it; those that cannot be asked count as no."""
    asked: list[str] = []

    def holds(name: str) -> bool:
        if name not in findings:
            return False
        asked.append(name)
        return findings[name].holds

    if holds("diverges"):
        return "optimisation", asked
    if holds("held_out_worse"):
        if not holds("training_large"):
            return "overfitting", asked
        if not holds("easier_fits_better"):
            return "model_bias", asked
        holds("easier_predicts_better")
        return "optimisation", asked
    mismatch = [holds(name) for name in ("later_days_worse", "test_like_worse", "inputs_apart")]
    return "mismatch" if any(mismatch) else "fine", asked
