"""A made-up search: trials, what came of them, and Optuna's study that they were told to."""

import datetime
from copy import deepcopy
from functools import cache, reduce
from typing import Any

import numpy as np
from support import ROOT

from hw1.core.sections import check_section, read_params
from hw1.params.features import FeaturesParams
from hw1.params.train import TrainParams
from hw1.sweep.report import SweepReport, over_search_of
from hw1.sweep.trial import Outcome, Trial

STATES = 12
ENDED = 1_700_000_000_000
CHOICES = {"train.hidden": ([8], [16, 8], [32, 16], [64, 32, 16]), "features.k": (None, 8, 16, 32)}


def make_trial(number: int, overrides: dict[str, Any]) -> Trial:
    """A trial with these values; all others are those of params.yaml."""
    content = deepcopy(_default())
    for key, value in overrides.items():
        *sections, last = key.split(".")
        reduce(dict.__getitem__, sections, content)[last] = value
    features = check_section("features", content["features"], FeaturesParams)
    return Trial(number, overrides, features, check_section("train", content["train"], TrainParams))


def make_outcome(
    number: int, mse: float, epochs: int = 20, state: Any = "complete", noise: float = 0.1
) -> Outcome:
    """What came of a trial whose error is about this."""
    if state in ("diverged", "failed"):
        return Outcome(number, state, seconds=0.25, reason="its numbers were not finite any more")
    generator = np.random.default_rng(number)
    by_state = 30 * (mse + noise * generator.standard_normal(STATES))
    error = float(by_state.sum() / (30 * STATES))
    epoch = np.arange(1, epochs + 1)
    curve = tuple((error + 2.5 * np.exp(-epoch / 4)).tolist())
    if state == "pruned":
        return Outcome(number, state, curve[4], None, curve[:5], seconds=0.25)
    ensemble = 0.95 * by_state
    return Outcome(
        number,
        state,
        error,
        0.95 * error,
        (*curve[:-1], error),
        tuple(by_state.tolist()),
        tuple(ensemble.tolist()),
        1.5,
    )


def make_results(count: int = 200, seed: int = 0) -> list[tuple[Trial, Outcome]]:
    """A search over six parameters, two of which only some trials have."""
    generator = np.random.default_rng(seed)
    results = []
    for number in range(count):
        overrides, mse = _draw(generator, number / count)
        kind = generator.choice(
            ["complete", "pruned", "diverged", "failed"], p=[0.8, 0.15, 0.04, 0.01]
        )
        results.append(
            (
                make_trial(number, overrides),
                make_outcome(number, mse, 40, "complete" if number == 0 else kind),
            )
        )
    return results


def make_report(count: int = 200, **changes: Any) -> SweepReport:
    """The same as a report."""
    results = changes.pop("results", None) or make_results(count)
    weights = (30.0,) * STATES
    fields: dict[str, Any] = {
        "name": "widths",
        "edition": "sample",
        "settings": {
            "sweep": {
                "trials": count,
                "sampler": "tpe",
                "seeds": 4,
                "objective": "members",
                "pruning": True,
                "space": {
                    "train.hidden": {"choices": [list(each) for each in CHOICES["train.hidden"]]},
                    "train.optimizer.learning_rate": {"low": 1e-4, "high": 0.1, "log": True},
                },
            },
            "base": {"features": _default()["features"], "train": _default()["train"]},
        },
        "results": results,
        "objective": "members",
        "weights": weights,
        "over_search": over_search_of(results, "members", weights),
        "unseen": {"winner": 1.31, "base": 1.37},
        "seconds": 150.0,
        "ended": ENDED,
        "study": lambda: make_study(results),
    }
    return SweepReport(**fields | changes)


def make_study(results: list[tuple[Trial, Outcome]]) -> Any:
    """Optuna's study of a search that `make_results` has made."""
    import json

    import optuna
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    texts = {key: tuple(json.dumps(each) for each in found) for key, found in CHOICES.items()}
    distributions: dict[str, Any] = {
        "train.optimizer.name": CategoricalDistribution(("adamw", "sgd")),
        "train.optimizer.learning_rate": FloatDistribution(1e-4, 0.1, log=True),
        "train.optimizer.momentum": FloatDistribution(0.0, 0.95),
        "train.dropout": FloatDistribution(0.0, 0.5),
        "train.batch_size": IntDistribution(16, 256, log=True),
        **{key: CategoricalDistribution(found) for key, found in texts.items()},
    }
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study()
    for trial, outcome in results:
        plain = {
            key: json.dumps(value) if key in CHOICES else value
            for key, value in trial.overrides.items()
        }
        complete = outcome.state == "complete"
        when = datetime.datetime(2024, 1, 1)
        study.add_trial(
            optuna.trial.FrozenTrial(
                number=trial.number,
                state=optuna.trial.TrialState.COMPLETE
                if complete
                else optuna.trial.TrialState.FAIL,
                value=outcome.members_mse if complete else None,
                datetime_start=when,
                datetime_complete=when,
                params=plain,
                distributions={key: distributions[key] for key in plain},
                user_attrs={},
                system_attrs={},
                intermediate_values={},
                trial_id=trial.number,
            )
        )
    return study


def _draw(generator: np.random.Generator, progress: float) -> tuple[dict[str, Any], float]:
    """Values of a trial and its true error; later trials lie nearer to the best."""
    spread = 1 - 0.7 * progress
    rate = 10 ** float(np.clip(generator.normal(-2.4, spread), -4, -1))
    hidden = list(CHOICES["train.hidden"][generator.integers(4)])
    k = CHOICES["features.k"][generator.integers(4)]
    overrides: dict[str, Any] = {
        "train.hidden": hidden,
        "features.k": k,
        "train.optimizer.learning_rate": rate,
        "train.optimizer.name": "sgd" if generator.random() < 0.3 else "adamw",
    }
    mse = 1.2 + 0.35 * (np.log10(rate) + 2.4) ** 2 + 0.05 * generator.random()
    mse += 0.1 * (k is not None and k < 16) + 0.04 * abs(len(hidden) - 2)
    if overrides["train.optimizer.name"] == "sgd":
        overrides["train.optimizer.momentum"] = float(generator.uniform(0, 0.95))
        mse += 0.3 * (0.9 - overrides["train.optimizer.momentum"]) ** 2
    if len(hidden) > 1:
        overrides["train.dropout"] = float(generator.uniform(0, 0.5))
        mse += 0.4 * (overrides["train.dropout"] - 0.2) ** 2
    return overrides, float(mse)


@cache
def _default() -> dict[str, Any]:
    return read_params(ROOT / "params.yaml")
