"""What several splits say of one variant, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hw1.core.survey import Link
from hw1.evaluation.errors import pooled_errors
from hw1.evaluation.labels import (
    leaks,
    metric_label,
    number,
    skill_label,
    split_label,
    yardstick,
)
from hw1.params.ingest import SplitMethod

if TYPE_CHECKING:
    from hw1.evaluation.schemes import Scheme

ERRORS = ("mse", "rmse", "skill", "persistence_mse")


def scheme_metrics(schemes: Mapping[SplitMethod, Scheme], link: Link) -> dict[str, Any]:
    """Numbers for metrics/evaluate.json.

    Args:
        schemes: held-out rows by split.
        link: `ingest.link`, which every label tells.

    Returns:
        `schemes`: by split its label, rows, errors (squared percentage points), skill and the share
        of held-out rows whose last day also stands in a training row; `optimism`: the skill that
        the random split promises beyond `forward`, where both were asked for.
    """
    errors = {method: _errors(method, link, scheme) for method, scheme in schemes.items()}
    metrics: dict[str, Any] = {"schemes": errors}
    skills = {method: each["skill"] for method, each in errors.items() if "skill" in each}
    if {"random", "forward"} <= set(skills):
        metrics["optimism"] = {"skill": skills["random"] - skills["forward"]}
    return metrics


def _errors(method: SplitMethod, link: Link, scheme: Scheme) -> dict[str, Any]:
    rows = scheme.scored
    errors = pooled_errors(rows["target"], rows["predicted"], rows["known"], rows["weight"])
    kept = {name: errors[name] for name in ERRORS if name in errors}
    seen = scheme.seen_share
    label = split_label(method, link)
    return {"rows": len(rows), **kept, "leaks": leaks(method), "label": label, "seen_share": seen}


def scheme_lines(metrics: Mapping[str, Any]) -> Iterator[str]:
    """What a person should know of them, a sentence each."""
    optimism = optimism_text(metrics)
    if optimism:
        yield optimism
    if metrics.get("extrapolation", {}).get("verdict") == "fails":
        yield f"extrapolation: fails; {extrapolation_text(metrics)}"


def optimism_text(metrics: Mapping[str, Any]) -> str:
    """How much kinder than held-out time the random split is, and why; empty where it is not."""
    schemes, metric = metrics.get("schemes", {}), metrics["main"]["metric"]
    if metrics.get("optimism", {}).get("skill", 0.0) <= 0.0:
        return ""
    random, forward = schemes["random"], schemes["forward"]
    against = yardstick(metrics.get("task", "regression"))
    return (
        f"a random split says {metric_label(metric)} {number(random[metric])} "
        f"({skill_label(random['skill'])} than {against}), held-out time says "
        f"{number(forward[metric])} ({skill_label(forward['skill'])}): {random['seen_share']:.0%} "
        "of the random split's rows have their last day in training rows"
    )


def extrapolation_text(metrics: Mapping[str, Any]) -> str:
    """What the prevalence gate found, in words."""
    gate = metrics["extrapolation"]
    if "ratio" not in gate:
        return "no rows of lower levels are left to train on"
    return (
        f"on the highest {gate['fraction']:.0%} of levels, held out, the MSE is "
        f"{number(gate['mse'])}, {gate['ratio']:.1f} times persistence's"
    )
