"""The evaluate stage's metrics, and the line that it prints."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hw1.evaluation.bootstrap import Interval, state_intervals
from hw1.evaluation.breakdown import state_sums
from hw1.evaluation.errors import error_sums, pooled_errors
from hw1.evaluation.labels import interval, number, skill_label, split_facts
from hw1.evaluation.validation import Validation
from hw1.params.evaluate import EvaluateParams
from hw1.references import own_metric, reference_metrics

Metrics = dict[str, Any]

WITH_INTERVAL = ("mse", "rmse", "skill")


def evaluation_metrics(
    validation: Validation, params: EvaluateParams, edition: str, method: str, link: str = "none"
) -> Metrics:
    """Everything that metrics/evaluate.json holds.

    Groups: `main` (the edition's own metric with its interval), `valid` (the ensemble's errors),
    `persistence`, `seeds` (single members), `bootstrap`, `split`, `references` (the course's
    baselines, measured elsewhere; only where the edition is one of the course's).

    Args:
        validation: predicted validation rows.
        params: resamples, confidence and seed of the intervals.
        edition: name of the data.
        method: how the validation rows were held out.
        link: whose days a window sees beside its own, see `Structure`.
    """
    scored = validation.scored
    states, sums = state_sums(scored)
    generator = np.random.default_rng(params.seed)
    intervals = state_intervals(sums, params.bootstrap, params.confidence, generator)
    errors = pooled_errors(scored["target"], scored["predicted"], scored["known"], scored["weight"])
    persistence = errors.pop("persistence_mse")
    name = own_metric(edition)
    metrics: Metrics = {
        "edition": edition,
        "split": split_facts(method, link),
        "main": {"metric": name, "value": errors[name], **_bounds(intervals.get(name))},
        "valid": {"rows": len(scored), **errors},
        "persistence": {"mse": persistence, "rmse": float(np.sqrt(persistence))},
        "seeds": seed_metrics(validation),
        "bootstrap": {"confidence": params.confidence, "states": len(states)},
    }
    for key in WITH_INTERVAL:
        if key in errors:
            metrics["valid"].update(_bounds(intervals.get(key), f"{key}_"))
    references = reference_metrics(edition)
    return {**metrics, "references": references} if references else metrics


def seed_metrics(validation: Validation) -> dict[str, float]:
    """How single members of the ensemble do, and how much their ensemble moves with its seeds.

    `mse_mean` and `mse_deviation` (n - 1 in the denominator) are of single members;
    `ensemble_deviation` is that of the MSE of all of them together, which moves less. It says how
    much of a difference between two variants seeds alone explain. One member has neither deviation.
    """
    mse = member_mse(validation)
    metrics: dict[str, float] = {"members": len(mse), "mse_mean": float(mse.mean())}
    if len(mse) > 1:
        metrics["mse_deviation"] = float(mse.std(ddof=1))
        metrics["ensemble_deviation"] = ensemble_deviation(validation)
    return metrics


def ensemble_deviation(validation: Validation) -> float:
    """Standard deviation that other seeds would give the MSE of the mean over two members or more.

    The jackknife over members (Tukey 1958; Efron and Stein 1981, "The jackknife estimate of
    variance"): there is one ensemble only, but leaving out one member at a time shows how much
    each has moved it.

    Returns:
        Squared percentage points.
    """
    count = len(validation.members)
    others = (validation.members.sum(axis=0) - validation.members) / (count - 1)
    mse = member_mse(Validation(validation.scored, others))
    return float(np.sqrt((count - 1) * mse.var()))


def member_mse(validation: Validation) -> NDArray[np.float64]:
    """Weighted MSE of each member over all folds' validation rows, [members]."""
    scored = validation.scored
    sums = [
        error_sums(scored["target"], predicted, scored["known"], scored["weight"])
        for predicted in validation.members
    ]
    return np.array([member.errors()["mse"][0] for member in sums])


def evaluation_line(metrics: Metrics) -> str:
    """One line: split, the edition's own metric, interval, and skill against persistence."""
    main = metrics["main"]
    line = f"{metrics['split']['label']} validation {main['metric'].upper()} "
    line += number(main["value"])
    if "low" in main:
        line += f" {interval(main['low'], main['high'])}"
    if "skill" in metrics["valid"]:
        line += f", {skill_label(metrics['valid']['skill'])} than persistence"
    return line


def _bounds(bounds: Interval | None, prefix: str = "") -> dict[str, float]:
    return {} if bounds is None else {f"{prefix}low": bounds[0], f"{prefix}high": bounds[1]}
