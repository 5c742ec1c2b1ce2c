"""Models that the project does not ship, fitted on the same features and rows."""

import contextlib
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Literal

import numpy as np

from hw1.models.problem import Problem

Fit = Callable[[Problem], Callable[[np.ndarray], np.ndarray]]
"""Fits features to targets as the problem has them; the result predicts from features."""

TABM_SIZE = {
    "k": 32,
    "n_blocks": 2,
    "d_block": 64,
}  # its default, 3 of 512, takes hours on one core
TABM_EPOCHS = 15
TABM_BATCH = 256
TABM_LEARNING_RATE = 2e-3
TABM_WEIGHT_DECAY = 3e-4


def scikit_network(problem: Problem) -> Callable[[np.ndarray], np.ndarray]:
    """scikit-learn's MLPRegressor as it comes."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    model = MLPRegressor(random_state=problem.params.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 200 epochs are its own choice
        model.fit(problem.x, problem.y)
    return lambda x: np.asarray(model.predict(x))


def tabm(problem: Problem) -> Callable[[np.ndarray], np.ndarray]:
    """TabM (Gorishniy et al. 2025, arXiv:2410.24210), 32 members, for a fixed number of epochs."""
    import torch
    from tabm import TabM

    torch.manual_seed(problem.params.seed)
    x = torch.tensor(problem.x, dtype=torch.float32)
    y = torch.tensor(problem.y, dtype=torch.float32)
    model = TabM.make(n_num_features=x.shape[1], d_out=1, **TABM_SIZE)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=TABM_LEARNING_RATE, weight_decay=TABM_WEIGHT_DECAY
    )
    model.train()
    for _ in range(TABM_EPOCHS):
        for chosen in torch.randperm(len(x)).split(TABM_BATCH):
            optimizer.zero_grad()
            errors = model(x[chosen]).squeeze(-1) - y[chosen, None]  # one column a member
            errors.square().mean().backward()
            optimizer.step()
    model.eval()

    def predict(rows: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            outputs = model(torch.tensor(rows, dtype=torch.float32))
        return np.asarray(outputs.squeeze(-1).mean(dim=1).double().numpy())

    return predict


def rivals() -> dict[str, tuple[Literal["change", "level"], Fit]]:
    """Every rival with the target that it fits; TabM, which is no dependency, where it is there."""
    found: dict[str, tuple[Literal["change", "level"], Fit]] = {
        "MLPRegressor on the change": ("change", scikit_network),
        "MLPRegressor on the level": ("level", scikit_network),
    }
    with contextlib.suppress(ImportError):
        import_module("tabm")
        found["TabM on the change"] = ("change", tabm)
    return found
