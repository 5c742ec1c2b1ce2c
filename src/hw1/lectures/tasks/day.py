"""The whole next day at once, and whether that helps to predict positivity."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from hw1.evaluation.report import member_mse
from hw1.evaluation.whole_day import held_out_day_metrics
from hw1.lectures.tasks.chance import DECIMALS, Draws, over_seeds, skill
from hw1.lectures.tasks.running import Ran, skills_of_members

SURE = 3.0
"""Standard errors over seeds beyond which a difference is none of theirs."""

Rans = Mapping[str, Ran]


def structured_numbers(together: Rans, alone: Rans, seen: Ran, draws: Draws) -> dict[str, Any]:
    """Everything about the question, in numbers; skills in percent.

    Args:
        together: by the model's name, by the task `structured`.
        alone: the same models, by the task `regression` with the same features.
        seen: the network of `alone`, where the last day's other signals are seen.
        draws: of the rows' states.
    """
    models = {name: _model(ran) for name, ran in together.items()}
    return {
        "outputs": len(next(iter(models.values()))["signals"]),
        "models": models,
        "positivity": {
            name: {
                "together": _positivity(ran, draws),
                "alone": _positivity(alone[name], draws),
                "difference": _difference(ran, alone[name], draws),
            }
            for name, ran in together.items()
        },
        "seen": {
            "positivity": _positivity(seen, draws),
            "difference": draws.difference(
                skill, seen.validation.scored, alone["mlp"].validation.scored
            ),
        },
    }


def signals_table(structured: Mapping[str, Any]) -> pd.DataFrame:
    """Skill by signal and model: columns model, signal, skill, deviation (percent)."""
    return pd.DataFrame(
        [
            {"model": model, "signal": signal, "skill": one["value"], "deviation": one["deviation"]}
            for model, each in structured["models"].items()
            for signal, one in each["signals"].items()
        ]
    )


def seeds_table(together: Rans, alone: Rans) -> pd.DataFrame:
    """Skill of positivity by seed: columns model, way, seed and skill (percent)."""
    return pd.DataFrame(
        [
            {"model": name, "way": way, "seed": seed, "skill": value}
            for name in together
            for way, ran in (("together", together[name]), ("alone", alone[name]))
            for seed, value in enumerate(_member_skills(ran))
        ]
    )


def _model(ran: Ran) -> dict[str, Any]:
    """Skills of the ensemble as the evaluate stage has them, and over single members."""
    tables = ran.tables
    found = held_out_day_metrics(tables.train, tables.folds, ran.predictors)
    members = skills_of_members(ran)
    signals = {
        name: {"value": 100 * each["skill"], "deviation": 0.0}
        | over_seeds([100 * one[name] for one in members])
        for name, each in found["signals"].items()
        if "skill" in each
    }
    ranked = sorted(signals, key=lambda name: signals[name]["value"])
    means = [100 * float(np.mean(list(one.values()))) for one in members]
    return {
        "mean_skill": {"value": 100 * found["mean_skill"]} | over_seeds(means),
        "better": sum(one["value"] > 0.0 for one in signals.values()),
        "best": ranked[-1],
        "worst": ranked[0],
        "signals": signals,
    }


def _positivity(ran: Ran, draws: Draws) -> dict[str, Any]:
    return draws.span(skill, ran.validation.scored) | over_seeds(_member_skills(ran))


def _member_skills(ran: Ran) -> list[float]:
    """Skill of every member's positivity, in percent."""
    scored = ran.validation.scored
    still = np.average((scored["known"] - scored["target"]) ** 2, weights=scored["weight"])
    return [100 * (1.0 - float(mse) / float(still)) for mse in member_mse(ran.validation)]


def _difference(together: Ran, alone: Ran, draws: Draws) -> dict[str, Any]:
    """Skill together less skill alone.

    Returns:
        `value`, `low` and `high` of the ensembles; `seeds`, the difference of the members' means,
        and `error`, its standard error; and the `verdict`: "same" of models that do not learn
        otherwise, "helps" or "hurts" where neither states nor seeds explain the difference, else
        "unsure".
    """
    states = draws.difference(skill, together.validation.scored, alone.validation.scored)
    own, other = (over_seeds(_member_skills(ran)) for ran in (together, alone))
    seeds = round(own["mean"] - other["mean"], DECIMALS) + 0.0
    variance = sum(
        one.get("deviation", 0.0) ** 2 / len(ran.validation.members)
        for one, ran in ((own, together), (other, alone))
    )
    error = sqrt(variance)
    verdict = "unsure"
    if states["value"] == 0.0:
        verdict = "same"
    elif states["sure"] and abs(seeds) > SURE * error and seeds * states["value"] > 0.0:
        verdict = "helps" if seeds > 0.0 else "hurts"
    return states | {"seeds": seeds, "error": error, "verdict": verdict}
