"""Make a trial a DVC experiment: a variant with a version, a run and a way back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from hw1.core import layout
from hw1.core.errors import Hw1Error
from hw1.core.files import read_parquet
from hw1.core.sections import flatten, read_params
from hw1.evaluation.errors import pooled_errors
from hw1.evaluation.report import member_mse
from hw1.evaluation.validation import validate
from hw1.experiment import run_experiment
from hw1.lineage.git import experiments
from hw1.params.ingest import IngestParams
from hw1.predictor import load_predictors
from hw1.sweep.trial import Outcome, Trial
from hw1.variants import set_param

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Measured:
    """Errors of what stands in the workspace, squared percentage points.

    Attributes:
        members_mse: mean over members of each single member's error.
        ensemble_mse: error of the members' mean prediction.
    """

    members_mse: float
    ensemble_mse: float


def apply_trial(root: Path, name: str, ingest: IngestParams, trial: Trial, outcome: Outcome) -> str:
    """Run the pipeline with a trial's parameters and check that it scores what the trial did.

    Args:
        root: the project's root.
        name: the search's.
        ingest: section `ingest:` of the search.
        trial: its parameters.
        outcome: what came of it.

    Returns:
        A line for the terminal.

    Raises:
        Hw1Error: the trial is not complete, the pipeline fails, or it scores something else.
    """
    if outcome.members_mse is None or outcome.ensemble_mse is None or outcome.state != "complete":
        raise Hw1Error(
            f"trial {trial.number} is {outcome.state}, so there is no error that an experiment "
            "could be held to; apply one that is complete"
        )
    overrides = trial_overrides(read_params(), ingest, trial)
    label = _free_name(root, f"{name}-{trial.number}")
    if run_experiment(overrides, ["--name", label]) != 0:
        raise Hw1Error(f"trial {trial.number}: `dvc exp run` failed; what it printed says why")
    measured = measure_workspace()
    for what, now, then in (
        ("members", measured.members_mse, outcome.members_mse),
        ("ensemble", measured.ensemble_mse, outcome.ensemble_mse),
    ):
        if abs(now - then) > TOLERANCE:
            raise Hw1Error(
                f"trial {trial.number} had a validation error of {then:.9f} ({what}), the "
                f"experiment has {now:.9f}: code, data or machine are not those of the search"
            )
    return (
        f"trial {trial.number} is now the experiment `{label}`: validation MSE "
        f"{measured.ensemble_mse:.6f} (single members {measured.members_mse:.6f}), as in the search"
    )


def _free_name(root: Path, wanted: str) -> str:
    """A name that no experiment has yet."""
    taken = {known.name for known in experiments(root)}
    names = chain([wanted], (f"{wanted}-{again}" for again in count(2)))
    return next(name for name in names if name not in taken)


def trial_overrides(current: Mapping[str, Any], ingest: IngestParams, trial: Trial) -> list[str]:
    """What `dvc exp run -S` must set to turn the workspace's parameters into a trial's.

    Args:
        current: params.yaml's content.
        ingest: section `ingest:` of the search.
        trial: its parameters.
    """
    sections = {"ingest": ingest, "features": trial.features, "train": trial.train}
    wanted = {name: json.loads(section.model_dump_json()) for name, section in sections.items()}
    now = dict(flatten(dict(current)))
    return [
        set_param(key, value)
        for key, value in flatten(wanted)
        if key not in now or now[key] != value
    ]


def measure_workspace() -> Measured:
    """Measure the models in the workspace on the rows that they have not seen.

    Metrics files are rounded; this is not.

    Raises:
        DataError: a file of the pipeline is missing or damaged.
    """
    predictors = load_predictors(layout.FEATURES_FILE, layout.MODEL_FOLDER)
    validation = validate(
        read_parquet(layout.TRAIN_TABLE),
        read_parquet(layout.FOLDS_TABLE),
        predictors,
        read_parquet(layout.LINKS_TABLE),
    )
    rows = validation.scored
    errors = pooled_errors(rows["target"], rows["predicted"], rows["known"], rows["weight"])
    return Measured(float(member_mse(validation).mean()), errors["mse"])
