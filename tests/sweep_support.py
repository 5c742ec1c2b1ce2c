"""Searches of small spaces whose results are computed, not trained."""

import math
from typing import Any

from support import ROOT

from hw1.core.sections import check_section, load_section, read_params
from hw1.params.features import FeaturesParams
from hw1.params.sweep import SweepParams, check_sweep
from hw1.params.train import TrainParams
from hw1.sweep.making import make_space
from hw1.sweep.space import Space
from hw1.sweep.trial import Outcome, Trial

SETTINGS = {"edition": "sample", "split": {"method": "forward"}, "data": "0123"}
SPACE: dict[str, Any] = {
    "train.optimizer.learning_rate": {"low": 1e-5, "high": 1.0, "log": True},
    "train.dropout": {"low": 0, "high": 0.8, "when": {"train.model": "mlp"}},
    "train.hidden": {"choices": [[8], [16, 8]], "when": {"train.model": "mlp"}},
    "train.model": {"choices": ["mlp", "linear"]},
    "features.k": {"choices": [8, None]},
}


def plain_sweep(**changes: Any) -> dict[str, Any]:
    """A search's section, plain, with some keys replaced."""
    return {
        "sampler": "random",
        "trials": 12,
        "seeds": 2,
        "objective": "members",
        "seed": 0,
        "at_once": 4,
        "pruning": None,
        "best": 3,
        "unseen": "forward",
        "space": SPACE,
        **changes,
    }


def make_sweep(**changes: Any) -> SweepParams:
    """The same, typed."""
    return check_sweep(plain_sweep(**changes))


def sections(**train: Any) -> tuple[FeaturesParams, TrainParams]:
    """Sections `features` and `train` of params.yaml, with some keys of `train` replaced."""
    path = ROOT / "params.yaml"
    content = read_params(path)["train"] | train
    return load_section("features", FeaturesParams, path), check_section(
        "train", content, TrainParams
    )


def space_of(sweep: SweepParams, **train: Any) -> Space:
    """The space of a search."""
    return make_space(sweep, *sections(**train))


def outcome_for(trial: Trial) -> Outcome:
    """Lowest at a learning rate of 0.01, without dropout, for the model `mlp`.

    Every fifth trial diverges, and every third of the others is pruned.
    """
    rate = math.log10(trial.train.optimizer.learning_rate)
    error = 1 + (rate + 2) ** 2 + trial.train.dropout + (trial.train.model != "mlp")
    if trial.number % 5 == 4:
        return Outcome(trial.number, "diverged", reason="not finite")
    if trial.number % 3 == 2:
        return Outcome(trial.number, "pruned", members_mse=error, curve=(2 * error, error))
    return Outcome(
        trial.number, "complete", members_mse=error, ensemble_mse=error / 2, by_state=(error, 1.0)
    )
