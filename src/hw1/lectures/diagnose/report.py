"""A diagnosis as numbers in files: metrics, and the tables behind the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.lectures.diagnose.advice import command
from hw1.lectures.diagnose.apart import GUESSING
from hw1.lectures.diagnose.decision import Finding, Measured, Thresholds, deeper_is_harder
from hw1.lectures.diagnose.diagnosis import Diagnosis, loss_of
from hw1.lectures.diagnose.fitting import Result
from hw1.lectures.diagnose.ladder import VARIANT
from hw1.variants import set_param

if TYPE_CHECKING:
    import pandas as pd

SHARES = ("diverges", "later_days_worse", "test_like_worse")
"""Questions whose answers are shares."""


def summarise(
    diagnosis: Diagnosis, own: Mapping[str, Any], edition: str, thresholds: Thresholds
) -> dict[str, Any]:
    """Everything that the page says, in numbers.

    Args:
        diagnosis: the verdict and what it rests on.
        own: what the variant sets on top of its name, by dotted key.
        edition: the edition that params.yaml names.
        thresholds: what counts as more than noise.

    Returns:
        Losses in squared percentage points; skill, and what is lost of it, in percent of
        persistence's error.
    """
    decision, variant, apart = diagnosis.decision, diagnosis.variant, diagnosis.apart
    return {
        "edition": variant.ingest.edition,
        "variant": variant.name,
        "overrides": [set_param(key, value) for key, value in own.items()],
        "model": variant.train.model,
        "verdict": decision.verdict,
        "reference": decision.reference.name,
        "asked": decision.asked,
        "findings": {name: _finding(name, one) for name, one in decision.findings.items()},
        "depth": _depth(diagnosis, thresholds),
        "models": {
            one.plan.name: _model(one, one.plan.name in diagnosis.contained)
            for one in diagnosis.results
        },
        "skill": {
            name: {"rows": one.rows, **({} if one.value is None else {"percent": 100 * one.value})}
            for name, one in diagnosis.skills.items()
        },
        "apart": {
            "auc": apart.auc,
            "best": apart.best,
            "found": apart.auc[apart.best] > GUESSING,
            "features": {
                name: {"alone": alone, "lost": lost, "shift": shift}
                for name, alone, lost, shift in zip(
                    apart.names,
                    apart.alone.tolist(),
                    apart.lost.tolist(),
                    apart.shift.tolist(),
                    strict=True,
                )
            },
        },
        "advice": [
            {"about": one.about, "command": command(variant, own, edition, one)}
            for one in diagnosis.advice
        ],
    }


def _finding(name: str, finding: Finding) -> dict[str, Any]:
    factor = 100.0 if name in SHARES else 1.0
    told = {
        "holds": finding.holds,
        "value": factor * finding.value,
        "threshold": factor * finding.threshold,
        "unit": "percent" if name in SHARES else "auc" if name == "inputs_apart" else "mse",
    }
    return told if finding.against is None else {**told, "against": finding.against}


def _depth(diagnosis: Diagnosis, thresholds: Thresholds) -> dict[str, Any]:
    """Whether depth makes the ladder's networks harder to train."""
    rungs = [
        Measured(one.plan.name, loss_of(one.train), loss_of(one.held_out))
        for one in diagnosis.results
        if one.plan.axis == "depth" and one.diverged < 1.0
    ]
    lowest = min(rungs, key=lambda one: one.train.mean)
    told = {"deepest": rungs[-1].name, "lowest": lowest.name, "holds": False}
    found = deeper_is_harder(rungs, diagnosis.evidence.persistence, thresholds)
    if found is None:
        return told
    deeper, finding = found
    return told | {"deeper": deeper.name, **_finding("depth", finding)}


def _model(result: Result, contained: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "axis": result.plan.axis,
        "layers": len(result.plan.variant.hidden),
        "contained": contained,
        "diverged": result.diverged,
    }
    if result.diverged < 1.0:
        for name, values in (("train", result.train), ("held_out", result.held_out)):
            loss = loss_of(values)
            told[name] = {"mse": loss.mean, "deviation": loss.deviation}
    return told if result.epochs is None else {**told, "epochs": result.epochs}


def tables(diagnosis: Diagnosis) -> dict[str, pd.DataFrame]:
    """What the pictures show, by name: `ladder`, `curve` and `apart`."""
    import pandas as pd

    apart = diagnosis.apart
    order = np.argsort(-np.abs(apart.alone - 0.5), kind="stable")
    return {
        "ladder": pd.DataFrame([_line(result) for result in diagnosis.results]),
        "curve": _curve(diagnosis.results[0]),
        "apart": pd.DataFrame(
            {
                "feature": np.array(apart.names, dtype=object)[order],
                "auc_alone": apart.alone[order],
                "auc_lost": apart.lost[order],
                "shift": apart.shift[order],
            }
        ),
    }


def _line(result: Result) -> dict[str, Any]:
    sound = result.diverged < 1.0
    train, held_out = (
        loss_of(values) if sound else None for values in (result.train, result.held_out)
    )
    return {
        "model": result.plan.name,
        "axis": result.plan.axis,
        "layers": len(result.plan.variant.hidden),
        "train_mse": train and train.mean,
        "train_deviation": train and train.deviation,
        "held_out_mse": held_out and held_out.mean,
        "held_out_deviation": held_out and held_out.deviation,
    }


def _curve(result: Result) -> pd.DataFrame:
    """The variant's losses by epoch; no rows where it has no epochs."""
    import pandas as pd

    assert result.plan.name == VARIANT
    return pd.DataFrame(
        {
            "epoch": np.arange(1, len(result.curve) + 1),
            "train_mse": result.curve[:, 0],
            "held_out_mse": result.curve[:, 1],
        }
    )
