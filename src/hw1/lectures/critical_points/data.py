"""The rows whose fit is the landscape."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hw1.core import layout
from hw1.engine.rows import Rows
from hw1.lectures.critical_points.params import CriticalPointsParams
from hw1.models.gradient import rows_of
from hw1.models.problem import make_problem
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.train import TrainParams
from hw1.sweep.data import read_search_data
from hw1.sweep.designs import Designs


def training_params(params: CriticalPointsParams, train: TrainParams) -> TrainParams:
    """Plain gradient descent on all rows, with nothing that would make the loss another one."""
    plain = {"name": "sgd", "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}
    rate = {"learning_rate": params.learning_rate}
    return train.model_copy(
        update={
            "task": "regression",
            "model": "mlp",
            "target": params.target,
            "target_standardise": True,
            "activation": params.activation,
            "dropout": 0.0,
            "batch_norm": False,
            "linear_skip": False,
            "epochs": max(params.epochs),
            "batch_size": "full",
            "optimizer": train.optimizer.model_copy(update=plain | rate),
            "l2_loss": params.l2_loss,
            "schedule": train.schedule.model_copy(update={"name": "constant", "warmup_epochs": 0}),
            "early_stopping": train.early_stopping.model_copy(update={"patience": None}),
        }
    )


def training_rows(
    params: CriticalPointsParams,
    ingest: IngestParams,
    features: FeaturesParams,
    train: TrainParams,
    raw: Path = layout.RAW,
) -> Rows:
    """Rows of the first split's training part, drawn once, with their targets as they are fitted.

    Args:
        params: how many features and rows.
        ingest: section `ingest:` of params.yaml, with the edition to read.
        features: section `features:`, with as many features as `params` says.
        train: as `training_params` gives it.
        raw: folder of the editions' folders.

    Raises:
        DataError: a file is missing or does not fit.
    """
    windows = read_search_data(ingest, raw)
    # windows alone: pairs within them would repeat their days
    chosen = features.model_copy(
        update={"k": params.features, "pairs": "last", "selection": "correlation"}
    )
    design = Designs(windows).of(chosen)[0]
    problem = make_problem(train, design)
    rows = rows_of(problem, design.train)
    count = min(params.rows, len(rows.y))
    kept = np.sort(np.random.default_rng(0).permutation(len(rows.y))[:count])
    x, y = rows.x[kept], rows.y[kept]
    return Rows(x, y, lambda outputs: ((outputs - y) ** 2).mean(axis=1))
