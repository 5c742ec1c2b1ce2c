"""Parameters and designs for the tests of training."""

from typing import Any

import numpy as np
import pandas as pd

from hw1.params.train import TrainParams


def make_params(**changes: Any) -> TrainParams:
    """Small, quick parameters; a nested section's changes are laid over its own."""
    plain = {
        "task": "regression",
        "rise": 0.0,
        "model": "mlp",
        "blend": [["ard"], ["lasso", "extra_trees"], ["lasso", "mlp"]],
        "target": "change",
        "target_transform": "none",
        "target_standardise": True,
        "seed": 0,
        "seeds": 1,
        "refit": True,
        "threads": 1,
        "device": "auto",
        "hidden": [5, 4],
        "activation": "relu",
        "dropout": 0.0,
        "batch_norm": False,
        "linear_skip": False,
        "epochs": 4,
        "batch_size": 16,
        "l2_loss": 0.0,
        "ridge": {"alpha": 1.0},
        "lasso": {"alpha": None},
        "ard": {"max_iter": 300, "threshold_lambda": 1e4},
        "svr": {"c": 1.0, "epsilon": 0.1, "gamma": "scale"},
        "extra_trees": {"trees": 5, "min_samples_leaf": 5, "max_features": 0.5},
        "hist_gradient_boosting": {
            "iterations": 5,
            "learning_rate": 0.1,
            "max_leaf_nodes": 7,
            "min_samples_leaf": 5,
            "l2": 0.0,
        },
    }
    nested = {
        "optimizer": {
            "name": "adamw",
            "learning_rate": 0.01,
            "momentum": 0.9,
            "nesterov": False,
            "weight_decay": 0.1,
        },
        "schedule": {"name": "constant", "warmup_epochs": 0, "step_epochs": 1, "decay": 0.5},
        "early_stopping": {"patience": None},
    }
    for name, value in nested.items():
        plain[name] = value | changes.pop(name, {})
    return TrainParams(**(plain | changes))


def design_table(rows: int = 120, seed: int = 0, validation: bool = True) -> pd.DataFrame:
    """A design whose positivity moves by its features, from four states."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 3))
    known = random.uniform(5.0, 30.0, size=rows)
    held_out = (np.arange(rows) % 3 == 0) & validation
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "role": np.where(held_out, "validation", "train"),
            "origin": "own",
            "weight": np.where(held_out, 0.5, 1.0),
            "state": np.array(["AL", "CA", "NY", "WA"])[np.arange(rows) * 4 // rows],
            "target": known + x[:, 0] - 0.5 * x[:, 1] + random.normal(scale=0.3, size=rows),
            "known": known,
            "cli_day5": x[:, 0],
            "ili_day5": x[:, 1],
            "noise_day5": x[:, 2],
        }
    )
