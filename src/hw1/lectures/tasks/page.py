"""The page: what the metrics say, in words."""

from __future__ import annotations

from typing import Any

from hw1.lectures.frame.experiment import Metrics
from hw1.lectures.frame.page import render_page

CLASSIFIERS = {"linear": "logistic regression", "mlp": "MLP"}
REGRESSIONS = {"linear": "linear regression", "mlp": "MLP regression"}
VECTORS = {"linear": "linear", "ridge": "ridge", "mlp": "MLP"}


def make_page(metrics: Metrics) -> str:
    """Markdown; what it says follows from the metrics."""
    return render_page(
        "tasks",
        metrics,
        classifiers=CLASSIFIERS,
        regressions=REGRESSIONS,
        vectors=VECTORS,
        question=question(metrics),
        signed=signed,
        beats=beats(metrics["classification"]["models"]),
        apart=sign_of(metrics["classification"]["mlp_less_linear"]),
        ordered=sign_of(metrics["classification"]["classifier_less_regression"]["mlp"]["auc"]),
        seen=sign_of(metrics["structured"]["seen"]["difference"]),
        together=metrics["structured"]["positivity"]["mlp"]["difference"]["verdict"],
    )


def told(metrics: Metrics) -> str:
    """What the experiment found, two lines for the terminal."""
    classes, day = metrics["classification"], metrics["structured"]
    network, alone = classes["models"]["mlp"], day["positivity"]["mlp"]
    words = {
        "helps": "helps positivity",
        "hurts": "hurts positivity",
        "unsure": "makes no difference to positivity that can be told",
        "same": "makes no difference to positivity",
    }[alone["difference"]["verdict"]]
    return (
        f"tasks: {question(metrics)} cross-entropy {network['cross_entropy']['value']:.3f} "
        f"(base rate {classes['base_rate']['cross_entropy']:.3f}), AUC "
        f"{network['auc']['value']:.3f}\n"
        f"tasks: {day['outputs']} signals at once: mean skill "
        f"{day['models']['mlp']['mean_skill']['value']:+.1f} %; learning them together {words}"
    )


def question(metrics: Metrics) -> str:
    """What classifiers are asked."""
    points = metrics["classification"]["rise"]
    if points == 0:
        return "Does positivity rise?"
    return f"Does positivity rise by more than {points:g} points?"


def beats(models: dict[str, Any]) -> str:
    """Which classifiers surely have a skill: `all`, `none`, or the name of the one."""
    sure = [name for name, one in models.items() if one["skill"].get("low", -1.0) > 0.0]
    if len(sure) == len(models):
        return "all"
    return sure[0] if sure else "none"


def sign_of(difference: dict[str, Any]) -> str:
    """`more`, `less` or `unsure` of a difference with its interval."""
    if not difference["sure"]:
        return "unsure"
    return "more" if difference["value"] > 0.0 else "less"


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign; none of a zero."""
    rounded = round(value, digits) + 0.0
    text = f"{rounded:+.{digits}f}" if rounded else f"{rounded:.{digits}f}"
    return text.replace("-", "−")
