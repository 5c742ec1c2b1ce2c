"""Made-up metrics files of the tasks beside regression, in the form in which stages write them."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from browser_support import variant_texts

EVALUATE, SUBMIT = "metrics/evaluate.json", "metrics/submit.json"
CALIBRATION = "metrics/evaluate/calibration.csv"
PROBABILITY_BINS = """bin,predicted,observed,error,rows
1,0.15,0.1,0.05,10
2,0.45,0.5,0.12,10
3,0.85,0.8,0.1,10
"""
PERCENT_BINS = """bin,predicted,observed,error,rows
1,6.5,6.3,0.4,10
2,12.5,12.9,0.5,10
3,21.5,22.2,0.8,10
"""
SIGNALS = {
    "cli": {"mse": 0.9, "persistence_mse": 1.0, "skill": 0.1},
    "shop": {"mse": 1.02, "persistence_mse": 1.0, "skill": -0.02},
    "tested_positive": {"mse": 1.25, "persistence_mse": 1.5, "skill": 0.1667},
}


def classification_metrics(
    cross_entropy: float = 0.6, method: str = "forward", rise: float = 0.5
) -> dict[str, Any]:
    """What metrics/evaluate.json holds for classification."""
    base = 0.69
    skill = 1 - cross_entropy / base
    leaks = method == "random"
    bounds = {"low": cross_entropy - 0.05, "high": cross_entropy + 0.05}

    def scheme(name: str, value: float, seen: float) -> dict[str, Any]:
        label = f"{name} (leaks)" if name == "random" else name
        skill = 1 - value / base
        content = {"label": label, "leaks": name == "random", "rows": 40, "seen_share": seen}
        return content | {"cross_entropy": value, "auc": 0.7, "skill": skill}

    return {
        "task": "classification",
        "rise": rise,
        "edition": "sample",
        "split": {"method": method, "leaks": leaks, "label": scheme(method, 1, 0)["label"]},
        "bootstrap": {"confidence": 0.9, "states": 40},
        "seeds": {
            "members": 8,
            "cross_entropy_mean": cross_entropy + 0.01,
            "cross_entropy_deviation": 0.004,
            "ensemble_deviation": 0.0012,
        },
        "main": {"metric": "cross_entropy", "value": cross_entropy, **bounds},
        "valid": {
            "rows": 40,
            "cross_entropy": cross_entropy,
            "cross_entropy_low": bounds["low"],
            "cross_entropy_high": bounds["high"],
            "accuracy": 0.675,
            "accuracy_low": 0.61,
            "accuracy_high": 0.73,
            "auc": 0.741,
            "auc_low": 0.69,
            "auc_high": 0.79,
            "brier": 0.21,
            "share": 0.475,
            "skill": skill,
            "skill_low": skill - 0.04,
            "skill_high": skill + 0.04,
        },
        "base_rate": {
            "share": 0.46,
            "cross_entropy": base,
            "accuracy": 0.525,
            "brier": 0.249,
        },
        "calibration": {"error": 0.0312, "bins": 10},
        "schemes": {
            "forward": scheme("forward", 0.6, 0.0),
            "blocks": scheme("blocks", 0.61, 0.0),
            "random": scheme("random", 0.5, 0.97),
        },
        "optimism": {"skill": 0.145},
    }


def classification_texts(
    cross_entropy: float = 0.6, *, method: str = "forward", rise: float = 0.5, solution: bool = True
) -> dict[str, str]:
    """What the stages of a classification write as text, by path."""
    rows = {
        "rows": 20,
        "cross_entropy": cross_entropy + 0.02,
        "accuracy": 0.66,
        "auc": 0.72,
        "brier": 0.22,
        "skill": 0.08,
    }
    score = dict.fromkeys(("all", "public", "private"), rows)
    submitted: dict[str, Any] = {"rows": 20, "mean": 0.51, "metric": "cross_entropy"}
    evaluated = classification_metrics(cross_entropy, method, rise)
    return variant_texts(0.21) | {
        EVALUATE: json.dumps(evaluated),
        SUBMIT: json.dumps(submitted | ({"score": score} if solution else {})),
        CALIBRATION: PROBABILITY_BINS,
    }


def structured_texts(mse: float = 1.25, **choices: Any) -> dict[str, str]:
    """What the stages of a structured variant write as text, by path; choices as for regression."""
    texts = variant_texts(mse, **choices)
    group = {"signals": SIGNALS, "mean_skill": 0.0822}
    others = {name: each for name, each in SIGNALS.items() if name != "tested_positive"}
    tested = {"signals": others, "mean_skill": 0.04}
    return texts | {
        EVALUATE: added(texts[EVALUATE], {"task": "structured", "structured": group}),
        SUBMIT: added(texts[SUBMIT], {"structured": tested}),
        CALIBRATION: PERCENT_BINS,
    }


def added(text: str, changes: Mapping[str, Any]) -> str:
    """A JSON file's text after changes of its top level."""
    return json.dumps(json.loads(text) | dict(changes))


def probability_rows(count: int = 60, *, sharpness: float = 1.0, seed: int = 0) -> str:
    """predictions.csv of a classification; its probabilities get better with `sharpness`."""
    generator = np.random.default_rng(seed)
    score = generator.normal(0, 1, count)
    happened = generator.random(count) < 1 / (1 + np.exp(-2 * score))
    predicted = 1 / (1 + np.exp(-sharpness * score))
    lines = [
        f"{row},0,S{row % 30},1,{int(happened[row])},{10 + row % 7},{predicted[row]:.6g},0.46"
        for row in range(count)
    ]
    return "\n".join(["id,fold,state,weight,target,known,predicted,share", *lines, ""])
