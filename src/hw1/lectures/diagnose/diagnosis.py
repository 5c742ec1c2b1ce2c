"""From an edition and a variant to a verdict with everything that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hw1.fitted.base import Floats
from hw1.ingest.reading import Edition
from hw1.lectures.diagnose.advice import Advice, advise
from hw1.lectures.diagnose.apart import GUESSING, Apart, tell_apart
from hw1.lectures.diagnose.decision import (
    Decision,
    Evidence,
    Loss,
    Measured,
    Thresholds,
    decide,
)
from hw1.lectures.diagnose.fitting import Result, measure
from hw1.lectures.diagnose.ladder import (
    FREE,
    PERSISTENCE,
    Plan,
    contains,
    plan_ladder,
    plan_variant,
)
from hw1.lectures.diagnose.params import DiagnoseParams
from hw1.lectures.diagnose.rows import Holding, hold_out
from hw1.lectures.diagnose.skill import Skill, lost, skill_of
from hw1.lectures.diagnose.variant import Variant


@dataclass(frozen=True)
class Diagnosis:
    """A verdict and what it rests on.

    Attributes:
        variant: what was diagnosed.
        evidence: the numbers that the decision has seen.
        decision: the verdict.
        advice: what to try next.
        results: of the variant, with and without penalties, and of the ladder, on held-out blocks.
        contained: names of the ladder's models that the variant could compute.
        skills: of the variant on `blocks`, on `later` days, and `test_like`: on held-out blocks,
            rows weighted by their odds of being test rows (importance weighting, Shimodaira 2000).
        apart: what tells test windows from training windows.
    """

    variant: Variant
    evidence: Evidence
    decision: Decision
    advice: list[Advice]
    results: list[Result]
    contained: set[str]
    skills: dict[str, Skill]
    apart: Apart


def diagnose(edition: Edition, variant: Variant, params: DiagnoseParams) -> Diagnosis:
    """Train the variant and the ladder, compare, and decide.

    Args:
        edition: the data.
        variant: what to diagnose.
        params: the experiment's section; its variant is not looked at.

    Raises:
        DataError: a split leaves a fold without rows.
        ParamsError: features do not fit the survey.
    """
    blocks, later = hold_out(edition, variant.ingest, params.holding)
    seeds = range(params.seed, params.seed + params.seeds)
    features = len(blocks.folds(variant.features)[0].names)
    own, ladder = plan_variant(variant), plan_ladder(variant, params.ladder, features)
    results = measure([*own, *ladder], blocks, seeds, curves=True)
    ahead = measure(own[:1], later, seeds)[0]
    apart = tell_apart(edition, variant.features, params.apart, params.seed)
    contained = _contained(variant, [*own[1:], *ladder], blocks)
    by_name = {result.plan.name: result for result in results}
    skills = _skills(results[0], ahead, blocks, later, apart)
    auc = apart.auc[apart.best]
    # odds of a classifier that only guesses say nothing of what looks like a test window
    comparable = skills["test_like"].rows >= params.thresholds.fewest and auc > GUESSING
    evidence = Evidence(
        variant=_measured(results[0], contained),
        free=_measured(by_name[FREE], contained) if FREE in by_name else None,
        ladder=[
            measured
            for plan in ladder
            if plan.name != PERSISTENCE
            and (measured := _measured(by_name[plan.name], contained)) is not None
        ],
        persistence=_require(_measured(by_name[PERSISTENCE], contained)),
        diverged=max(results[0].diverged, ahead.diverged),
        later=lost(skills["blocks"], skills["later"]),
        test_like=lost(skills["blocks"], skills["test_like"]) if comparable else None,
        auc=auc,
    )
    decision = decide(evidence, thresholds_of(params))
    reference = by_name[decision.reference.name].plan
    return Diagnosis(
        variant=variant,
        evidence=evidence,
        decision=decision,
        advice=advise(decision, variant, reference),
        results=results,
        contained=contained,
        apart=apart,
        skills=skills,
    )


def thresholds_of(params: DiagnoseParams) -> Thresholds:
    """What counts as more than noise, as the decision takes it."""
    given = params.thresholds
    return Thresholds(given.noise, given.tolerance, given.later, given.apart)


def _contained(variant: Variant, plans: Sequence[Plan], holding: Holding) -> set[str]:
    def names(plan: Variant) -> tuple[str, ...]:
        return holding.folds(plan.features)[0].names

    known = holding.structure.known_column
    return {
        plan.name
        for plan in plans
        if contains(variant, plan, names(variant), names(plan.variant), known)
    }


def _measured(result: Result, contained: set[str]) -> Measured | None:
    """Losses over the seeds that have not diverged; None where all have."""
    if result.diverged == 1.0:
        return None
    name = result.plan.name
    return Measured(name, loss_of(result.train), loss_of(result.held_out), name in contained)


def loss_of(values: Floats) -> Loss:
    """Mean and deviation of the seeds' losses, as far as they are numbers.

    Args:
        values: shape [seeds]; one at least is finite.
    """
    sound = values[np.isfinite(values)]
    deviation = float(sound.std(ddof=1)) if len(sound) > 1 else 0.0
    return Loss(float(sound.mean()), deviation, len(sound))


def _require(measured: Measured | None) -> Measured:
    assert measured is not None  # persistence is a number
    return measured


def _skills(
    own: Result, ahead: Result, blocks: Holding, later: Holding, apart: Apart
) -> dict[str, Skill]:
    features = own.plan.variant.features
    folds = blocks.folds(features)
    odds = np.array([apart.odds[one] for fold in folds for one in fold.held_out])
    return {
        "blocks": skill_of(own.squares, [fold.validation for fold in folds]),
        "later": skill_of(ahead.squares, [fold.validation for fold in later.folds(features)]),
        "test_like": skill_of(own.squares, [fold.validation for fold in folds], odds),
    }
