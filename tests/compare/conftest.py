import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hw1.compare.side import Side

STATES, ROWS = 40, 14
PARAMETERS: dict[str, Any] = {
    "ingest.edition": "sample",
    "ingest.split.method": "forward",
    "ingest.split.fraction": 0.2,
    "features.selection": "all",
    "features.score_target": "change",
    "features.names": ["*"],
    "features.k": None,
    "features.threshold": None,
    "train.model": "mlp",
    "train.seeds": 8,
    "train.hidden": [16, 8],
}
FEATURES = {"cli_day5": 0.2, "shop_day5": 0.1}
SCORE = {"mse": 1.2, "persistence_mse": 1.5}


def make_scored(
    generator: np.random.Generator,
    states: int = STATES,
    rows: int = ROWS,
    improvement: float = 0.0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A's and B's predictions with errors that states share; B's are smaller by a share."""
    target = generator.uniform(5, 25, states * rows)
    codes = np.repeat(np.arange(states), rows)

    def errors(of_state: float, of_row: float) -> Any:
        shared = generator.normal(0, of_state, states)[codes]
        return shared + generator.normal(0, of_row, states * rows)

    common = errors(0.9, 0.5)
    table = pd.DataFrame(
        {
            "id": np.arange(states * rows),
            "fold": 0,
            "state": [f"S{code}" for code in codes],
            "weight": 1.0,
            "target": target,
            "known": target + errors(0.5, 0.5),
        }
    )
    a = table.assign(predicted=target + common + errors(0.2, 0.1))
    b = table.assign(predicted=target + (1 - improvement) * common + errors(0.2, 0.1))
    return a, b


@pytest.fixture(scope="session")
def scored_pair() -> Callable[..., tuple[pd.DataFrame, pd.DataFrame]]:
    return make_scored


@pytest.fixture(scope="session")
def make_side() -> Callable[..., Side]:
    """A side of given parameters, features, predictions and changes of its metrics."""

    def make(
        predictions: pd.DataFrame | None,
        parameters: dict[str, Any] | None = None,
        features: dict[str, float] | None = None,
        *,
        name: str = "a",
        seeds: dict[str, float] | None = None,
        score: dict[str, float] | None = None,
        code: str = "",
    ) -> Side:
        evaluated: dict[str, Any] = {"seeds": seeds or {"members": 8, "mse_deviation": 1e-4}}
        if predictions is not None:
            error = predictions["predicted"] - predictions["target"]
            mse = float((error**2).mean())
            evaluated["valid"] = {"mse": mse, "rmse": mse**0.5, "mae": float(error.abs().mean())}
        contents = {
            "metrics/evaluate.json": evaluated,
            "metrics/submit.json": {"score": {"all": score or SCORE}},
            "metrics/train.json": {"model": "mlp", "parameters": 705, "train_mse": 1.0},
            "metrics/features.json": {"selected": FEATURES if features is None else features},
        }
        content = None if predictions is None else predictions.to_csv(index=False).encode()
        return Side.read(
            name,
            PARAMETERS | (parameters or {}),
            {path: json.dumps(text) for path, text in contents.items()},
            content,
            code=code,
        )

    return make


@pytest.fixture
def better(make_side: Any) -> tuple[Side, Side]:
    """Two sides of which B is clearly better."""
    a, b = make_scored(np.random.default_rng(3), improvement=0.3)
    return make_side(a, name="old"), make_side(b, {"train.model": "lasso"}, name="new")
