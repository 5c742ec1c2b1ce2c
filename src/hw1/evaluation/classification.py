"""The evaluate stage's metrics of predicted probabilities, and the line that it prints."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hw1.core.survey import Link
from hw1.evaluation.bootstrap import state_draws
from hw1.evaluation.calibration import calibration_error
from hw1.evaluation.labels import interval, leaks, number, skill_label, split_facts, split_label
from hw1.evaluation.probabilities import (
    METRIC,
    Array,
    areas,
    pooled_probabilities,
    scored_sums,
    surprise,
)
from hw1.evaluation.schemes import Scheme
from hw1.evaluation.scored import SHARE
from hw1.evaluation.validation import Validation
from hw1.params.evaluate import EvaluateParams
from hw1.params.ingest import IngestParams, SplitMethod
from hw1.target import Rise

Metrics = dict[str, Any]

WITH_INTERVAL = (METRIC, "accuracy", "auc", "skill")
IN_VALID = (METRIC, "accuracy", "auc", "brier", "share", "skill")


def classification_metrics(
    validation: Validation,
    params: EvaluateParams,
    target: Rise,
    ingest: IngestParams,
) -> Metrics:
    """Everything that metrics/evaluate.json holds but the other splits.

    Groups like a regression's (see `evaluation_metrics`), with cross-entropy in nats as the number
    that variants are ranked by; `base_rate` stands where persistence does. An area under the ROC
    curve is left out where the held-out rows are all of one class.
    """
    scored = validation.scored
    pooled = pooled_probabilities(scored)
    bounds = _intervals(scored, params)
    main = {"metric": METRIC, "value": pooled[METRIC], **_named(bounds, METRIC, "")}
    valid = {name: pooled[name] for name in IN_VALID if name in pooled}
    for name in WITH_INTERVAL:
        if name in pooled:
            valid |= _named(bounds, name, f"{name}_")
    return {
        "task": target.task,
        "rise": target.points,
        "edition": ingest.edition,
        "split": split_facts(ingest.split.method, ingest.link),
        "main": main,
        "valid": {"rows": len(scored), **valid},
        "base_rate": {
            "share": float(np.average(scored[SHARE], weights=scored["weight"])),
            "cross_entropy": pooled["base_cross_entropy"],
            "accuracy": pooled["base_accuracy"],
            "brier": pooled["base_brier"],
        },
        "calibration": calibration_error(scored, params),
        "seeds": _seed_metrics(validation),
        "bootstrap": {
            "confidence": params.confidence,
            "states": int(scored["state"].nunique()),
        },
    }


def scheme_probabilities(schemes: Mapping[SplitMethod, Scheme], link: Link) -> Metrics:
    """The other splits' numbers; see `scheme_metrics`."""
    found: dict[str, Metrics] = {}
    for method, scheme in schemes.items():
        pooled = pooled_probabilities(scheme.scored)
        found[method] = {
            "label": split_label(method, link),
            "leaks": leaks(method),
            "rows": len(scheme.scored),
            "seen_share": scheme.seen_share,
            **{name: pooled[name] for name in (METRIC, "auc", "skill") if name in pooled},
        }
    metrics: Metrics = {"schemes": found}
    if {"random", "forward"} <= set(found):
        metrics["optimism"] = {"skill": found["random"]["skill"] - found["forward"]["skill"]}
    return metrics


def classification_line(metrics: Mapping[str, Any]) -> str:
    """One line: split, cross-entropy, interval, skill against the base rate, accuracy and AUC."""
    main, valid = metrics["main"], metrics["valid"]
    line = f"{metrics['split']['label']} validation cross-entropy {number(main['value'])}"
    if "low" in main:
        line += f" {interval(main['low'], main['high'])}"
    line += f", {skill_label(valid['skill'])} than the base rate; accuracy {valid['accuracy']:.1%}"
    base = metrics["base_rate"]["accuracy"]
    line += f" (base rate {base:.1%})"
    return line + (f", AUC {valid['auc']:.3f}" if "auc" in valid else "")


def _intervals(scored: pd.DataFrame, params: EvaluateParams) -> dict[str, tuple[float, float]]:
    """Percentile intervals over resampled states; see `hw1.evaluation.bootstrap`."""
    _, codes = np.unique(scored["state"].to_numpy(dtype=str), return_inverse=True)
    sums = scored_sums(scored, codes)
    generator = np.random.default_rng(params.seed)
    counts = state_draws(sums.weight, params.bootstrap, generator)
    if counts is None:
        return {}
    errors = sums.resampled(counts).errors() | {"auc": areas(scored, codes, counts)}
    tail = (1 - params.confidence) / 2
    bounds = {}
    for name in WITH_INTERVAL:
        if np.isfinite(errors[name]).all():
            low, high = np.quantile(errors[name], [tail, 1 - tail])
            bounds[name] = (float(low), float(high))
    return bounds


def _named(bounds: Mapping[str, tuple[float, float]], name: str, prefix: str) -> dict[str, float]:
    if name not in bounds:
        return {}
    return {f"{prefix}low": bounds[name][0], f"{prefix}high": bounds[name][1]}


def _seed_metrics(validation: Validation) -> dict[str, float]:
    """How single members do, and how much the ensemble moves with its seeds; see `seed_metrics`."""
    members = _cross_entropies(validation, validation.members)
    metrics: dict[str, float] = {"members": len(members), f"{METRIC}_mean": float(members.mean())}
    if len(members) > 1:
        count = len(members)
        others = (validation.members.sum(axis=0) - validation.members) / (count - 1)
        metrics[f"{METRIC}_deviation"] = float(members.std(ddof=1))
        jackknife = (count - 1) * _cross_entropies(validation, others).var()
        metrics["ensemble_deviation"] = float(np.sqrt(jackknife))
    return metrics


def _cross_entropies(validation: Validation, probabilities: Array) -> Array:
    """Of predictions [members, rows], [members]."""
    scored = validation.scored
    surprises = surprise(scored["target"].to_numpy(), probabilities)
    return np.asarray(np.average(surprises, axis=1, weights=scored["weight"]))
