"""The decision by itself: numbers in, verdict out."""

from typing import Any

import pytest

from hw1.lectures.diagnose.decision import (
    Evidence,
    Loss,
    Lost,
    Measured,
    Thresholds,
    decide,
    deeper_is_harder,
)

THRESHOLDS = Thresholds(noise=2.0, tolerance=0.02, later=0.1, apart=0.95)
PERSISTENCE = Measured("persistence", Loss(1.0), Loss(1.0), contained=True)


def model(
    train: float, held_out: float, name: str = "model", deviation: float = 0.0, **more: Any
) -> Measured:
    return Measured(name, Loss(train, deviation, 4), Loss(held_out, deviation, 4), **more)


def evidence(variant: Measured | None, *ladder: Measured, **more: Any) -> Evidence:
    usual: dict[str, Any] = {
        "free": None,
        "diverged": 0.0,
        "later": Lost(0.0),
        "test_like": Lost(0.0),
        "auc": 0.7,
    }
    return Evidence(variant, ladder=ladder, persistence=PERSISTENCE, **(usual | more))


SHALLOW = model(0.5, 0.6, "shallow", contained=True)
RICH = model(0.5, 0.6, "rich")


@pytest.mark.parametrize(
    ("verdict", "given"),
    [
        ("fine", evidence(model(0.5, 0.6), RICH)),
        ("fine", evidence(model(0.8, 0.61), SHALLOW)),
        ("fine", evidence(model(0.1, 0.5), RICH)),
        ("model_bias", evidence(model(0.9, 0.9), RICH)),
        ("optimisation", evidence(model(0.9, 0.9), SHALLOW)),
        ("optimisation", evidence(model(1.2, 1.2), model(1.1, 1.1))),  # persistence is inside it
        ("overfitting", evidence(model(0.1, 0.9), RICH)),
        ("overfitting", evidence(model(0.5, 1.4), SHALLOW)),
        ("overfitting", evidence(model(0.1, 1.4))),
        ("mismatch", evidence(model(0.5, 0.6), RICH, later=Lost(0.2))),
        ("mismatch", evidence(model(0.5, 0.6), RICH, test_like=Lost(0.2, 0.05))),
        ("mismatch", evidence(model(0.5, 0.6), RICH, auc=0.97)),
        ("optimisation", evidence(None, RICH, diverged=1.0, later=None, test_like=None)),
        ("optimisation", evidence(model(0.5, 0.6), RICH, diverged=0.2)),
    ],
)
def test_verdict(verdict: str, given: Evidence) -> None:
    assert decide(given, THRESHOLDS).verdict == verdict


def test_training_is_looked_at_before_the_test_set() -> None:
    given = evidence(model(0.9, 0.9), RICH, later=Lost(0.5), auc=0.99)
    assert decide(given, THRESHOLDS).verdict == "model_bias"


def test_seeds_that_scatter_widen_what_is_noise() -> None:
    worse = {"train": 0.6, "held_out": 0.7}
    assert decide(evidence(model(**worse), RICH), THRESHOLDS).verdict == "model_bias"
    scattered = evidence(model(**worse, deviation=0.2), RICH)
    assert decide(scattered, THRESHOLDS).verdict == "fine"


def test_states_that_scatter_widen_what_may_be_lost() -> None:
    assert decide(evidence(RICH, RICH, later=Lost(0.2, 0.15)), THRESHOLDS).verdict == "fine"


def test_a_small_excess_is_tolerated_however_sure_it_is() -> None:
    assert decide(evidence(model(0.519, 0.619), RICH), THRESHOLDS).verdict == "fine"
    assert decide(evidence(model(0.521, 0.621), RICH), THRESHOLDS).verdict == "model_bias"


def test_penalties_that_raise_the_training_loss_are_no_problem_of_optimisation() -> None:
    """Without them it fits its training rows as well as the smaller model."""
    given = evidence(model(0.9, 0.9), SHALLOW, free=model(0.5, 0.7, "free"))
    decision = decide(given, THRESHOLDS)
    assert decision.verdict == "model_bias"
    assert decision.findings["penalised"].holds


def test_a_shallower_network_is_evidence_by_its_training_loss_alone() -> None:
    """It need not be the one that predicts best, nor predict better than the variant."""
    heart = model(0.1, 0.95, "knows by heart", contained=True)
    line = model(0.9, 0.7, "predicts best of those inside", contained=True)
    decision = decide(evidence(model(0.9, 0.9), RICH, line, heart), THRESHOLDS)
    assert decision.verdict == "optimisation"
    assert decision.findings["easier_fits_better"].against == "knows by heart"
    assert not decision.findings["easier_predicts_better"].holds


def test_questions_on_the_way_are_told_in_order() -> None:
    decision = decide(evidence(model(0.9, 0.9), SHALLOW), THRESHOLDS)
    assert decision.asked == [
        "diverges",
        "held_out_worse",
        "training_large",
        "easier_fits_better",
        "easier_predicts_better",
    ]
    assert decision.reference is SHALLOW


@pytest.mark.parametrize(
    ("losses", "noise", "pair"),
    [
        ([0.5, 0.4, 0.45], 2.0, ("3", "2")),
        ([0.4, 0.5, 0.3], 2.0, ("2", "1")),  # the deepest has the lowest, and yet
        ([0.5, 0.4, 0.45], 4.0, None),
        ([0.5, 0.4], 2.0, None),
        ([0.5, 0.4, 0.415], 0.0, None),  # tolerated
    ],
)
def test_depth_is_harder_where_any_deeper_network_fits_worse_than_a_shallower(
    losses: list[float], noise: float, pair: tuple[str, str] | None
) -> None:
    rungs = [model(one, 0.5, str(place + 1), 0.02) for place, one in enumerate(losses)]
    thresholds = Thresholds(noise=noise, tolerance=0.02, later=0.1, apart=0.95)
    found = deeper_is_harder(rungs, PERSISTENCE, thresholds)
    assert found is not None
    assert found[1].holds == (pair is not None)
    assert pair in (None, (found[0].name, found[1].against))


def test_one_network_says_nothing_about_depth() -> None:
    assert deeper_is_harder([RICH], PERSISTENCE, THRESHOLDS) is None
