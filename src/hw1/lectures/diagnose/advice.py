"""What to try next: overrides of the pipeline's parameters, as commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hw1.core.errors import ParamsError
from hw1.lectures.diagnose.decision import Decision, Verdict
from hw1.lectures.diagnose.ladder import UNREGULARISED, Plan
from hw1.lectures.diagnose.variant import Variant
from hw1.params.train import BY_GRADIENT, RANDOM
from hw1.variants import DEFAULT, set_param

MOST = 4
OF_NETWORKS = (
    "train.hidden",
    "train.activation",
    "train.dropout",
    "train.batch_norm",
    "train.linear_skip",
)
OF_GRADIENT = (
    "train.epochs",
    "train.batch_size",
    "train.optimizer",
    "train.l2_loss",
    "train.schedule",
    "train.early_stopping",
)


@dataclass(frozen=True)
class Advice:
    """Something to try.

    Attributes:
        about: what it does and why, in a few words.
        overrides: values by dotted key.
    """

    about: str
    overrides: dict[str, Any]


NO_PENALTIES = Advice("no penalties, which bind the model", UNREGULARISED)
BY_VERDICT: Mapping[Verdict, tuple[Advice, ...]] = {
    "model_bias": (
        Advice(
            "more features to see",
            {
                "features.days": "all",
                "features.differences": "all",
                "features.selection": "all",
                "features.k": None,
                "features.threshold": None,
            },
        ),
        Advice("a network in place of a straight line", {"train.model": "mlp"}),
        Advice("a wider network", {"train.hidden": [32, 16]}),
        Advice("fit the change from the last known day", {"train.target": "change"}),
        NO_PENALTIES,
    ),
    "optimisation": (
        Advice(
            "an optimizer that finds its own step for every weight",
            {"train.optimizer.name": "adamw", "train.optimizer.learning_rate": 0.003},
        ),
        Advice(
            "inputs and target of one size",
            {"features.standardise": True, "train.target_standardise": True},
        ),
        Advice("a direct path from input to output", {"train.linear_skip": True}),
        Advice("an activation whose gradient does not fade", {"train.activation": "relu"}),
        Advice("fewer layers", {"train.hidden": [16]}),
    ),
    "overfitting": (
        Advice("more rows: steps between earlier days", {"features.pairs": "with_test"}),
        Advice(
            "penalties",
            {
                "train.optimizer.name": "adamw",
                "train.optimizer.weight_decay": 1.0,
                "train.dropout": 0.2,
            },
        ),
        Advice("fewer epochs", {"train.epochs": 15}),
        Advice("fewer features", {"features.selection": "f_regression", "features.k": 8}),
        Advice("a smaller network", {"train.hidden": [8]}),
    ),
    "mismatch": (
        Advice("fit the change from the last known day", {"train.target": "change"}),
        Advice("learn from the test windows' visible days", {"features.pairs": "with_test"}),
        Advice(
            "changes instead of levels, which move less",
            {"features.days": 0, "features.differences": 1},
        ),
        Advice("cut what lies far out", {"features.standardise": True, "features.clip": 3.0}),
        Advice("judge by later days", {"ingest.split.method": "forward"}),
    ),
    "fine": (
        Advice("average more networks", {"train.seeds": 16}),
        Advice("average different models", {"train.model": "blend"}),
    ),
}
"""What helps in each case, the best first; what changes nothing in a variant is left out."""


def advise(decision: Decision, variant: Variant, reference: Plan) -> list[Advice]:
    """What to try next.

    Args:
        decision: the verdict.
        variant: what was diagnosed.
        reference: the ladder's model with the lowest held-out loss; imitated where it does better.

    Returns:
        At most `MOST`, each of them valid and different from the variant as it is.
    """
    penalised = "penalised" in decision.findings and decision.findings["penalised"].holds
    wanted = [
        advice for advice in BY_VERDICT[decision.verdict] if advice is not NO_PENALTIES or penalised
    ]
    if decision.verdict in ("model_bias", "optimisation", "overfitting"):
        about = f"what the ladder's best does: {reference.name}"
        # one's own model comes first, where it could do as well
        place = int(decision.verdict == "optimisation")
        wanted.insert(place, Advice(about, _as_pipeline(reference)))
    return list(_useful(wanted, variant))[:MOST]


def _as_pipeline(reference: Plan) -> dict[str, Any]:
    """A plan's overrides; for one that stops early also how the pipeline does."""
    stops = {"train.early_stopping.patience": 10} if reference.stopped else {}
    return reference.overrides | stops


def _useful(wanted: list[Advice], variant: Variant) -> Iterator[Advice]:
    given: list[dict[str, Any]] = []
    for advice in wanted:
        overrides = _concerning(variant.different(advice.overrides), variant)
        if not overrides or overrides in given:
            continue
        try:
            variant.changed(overrides)
        except ParamsError:  # it does not go together with the rest
            continue
        given.append(overrides)
        yield Advice(advice.about, overrides)


def _concerning(overrides: Mapping[str, Any], variant: Variant) -> dict[str, Any]:
    """The overrides that change what is fitted: a network's do nothing to a lasso."""
    model = str(overrides.get("train.model", variant.train.model))
    without: tuple[str, ...] = () if model in ("mlp", "blend") else OF_NETWORKS
    if model not in (*BY_GRADIENT, "blend"):
        without += OF_GRADIENT
    if model not in (*RANDOM, "blend"):
        without += ("train.seeds",)
    return {key: value for key, value in overrides.items() if not key.startswith(without)}


def command(variant: Variant, own: Mapping[str, Any], edition: str, advice: Advice) -> str:
    """A line for the terminal.

    Args:
        variant: what was diagnosed.
        own: what it sets on top of its name, by dotted key.
        edition: the edition that params.yaml names; another one becomes an override.
        advice: what to try.
    """
    known = {"ingest.edition": variant.ingest.edition} if variant.ingest.edition != edition else {}
    values = {**known, **own, **advice.overrides}
    # the shell would take a list's brackets for a pattern
    settings = [f"-S {shlex.quote(set_param(key, value))}" for key, value in values.items()]
    start = "dvc exp run" if variant.name == DEFAULT.name else f"hw1 run {variant.name}"
    return " ".join([start, *settings])
