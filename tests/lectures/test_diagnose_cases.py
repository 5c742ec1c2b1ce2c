"""Each verdict on an edition that is built to deserve it."""

import numpy as np
import pytest
from diagnose_support import a_variant, make_edition, make_section

from hw1.ingest.reading import Edition
from hw1.lectures.diagnose.diagnosis import diagnose
from hw1.lectures.diagnose.variant import Variant


def straight(signals: np.ndarray, time: float) -> float:
    return 1.5 * signals[0]


def bent(signals: np.ndarray, time: float) -> float:
    return 1.5 * (abs(signals[0]) - 0.8)


def turning(signals: np.ndarray, time: float) -> float:
    return 1.5 * signals[0] * (1.0 if time < 0.8 else 0.3)


CASES: dict[str, tuple[str, Edition, Variant]] = {
    "a line where the truth is one": ("fine", make_edition(straight), a_variant()),
    "a network where the truth is bent": (
        "fine",
        make_edition(bent),
        a_variant(train__hidden=[16, 8]),
    ),
    "the feature that matters is not seen": (
        "model_bias",
        make_edition(straight),
        a_variant(features__selection="manual", features__names=["ili*", "tested*"]),
    ),
    "a line where the truth is bent": (
        "model_bias",
        make_edition(bent),
        a_variant(train__model="linear"),
    ),
    "penalties that leave nothing": (
        "model_bias",
        make_edition(straight),
        a_variant(train__optimizer__weight_decay=100.0),
    ),
    "a deep sigmoid network in tiny steps": (
        "optimisation",
        make_edition(straight),
        a_variant(
            train__hidden=[16] * 5,
            train__activation="sigmoid",
            train__linear_skip=False,
            train__optimizer__name="sgd",
            train__optimizer__learning_rate=1e-5,
            train__optimizer__weight_decay=0.0,
        ),
    ),
    "steps that are far too large": (
        "optimisation",
        make_edition(straight),
        a_variant(train__optimizer__name="sgd", train__optimizer__learning_rate=1e3),
    ),
    "a large network on few rows of noise": (
        "overfitting",
        make_edition(
            straight, signals=("cli", *(f"noise{n}" for n in range(12))), states=4, rows=30
        ),
        a_variant(
            features__pairs="last",
            train__hidden=[64],
            train__epochs=200,
            train__optimizer__learning_rate=0.01,
            train__optimizer__weight_decay=0.0,
        ),
    ),
    "test windows far away": ("mismatch", make_edition(straight, shift=4.0), a_variant()),
    "later days of another kind": (
        "mismatch",
        make_edition(turning, rows=80),
        a_variant(features__pairs="within"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_verdict(case: str) -> None:
    verdict, edition, variant = CASES[case]
    found = diagnose(edition, variant, make_section())
    assert found.decision.verdict == verdict, found.decision.findings


def test_advice_mends_the_model() -> None:
    """What is advised against model bias leaves none."""
    edition, section = make_edition(bent), make_section()
    variant = a_variant(train__model="linear")
    found = diagnose(edition, variant, section)
    assert found.advice
    mended = diagnose(edition, variant.changed(found.advice[0].overrides), section)
    assert mended.decision.verdict == "fine"
