"""Variants whose metrics and predictions belong together, in a project of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from task_support import classification_texts, probability_rows
from tracking_support import Fabricated, FabricatedProject, enter_project, fabricate

STATES, ROWS = 30, 10
HEADER = "id,fold,state,weight,target,known,predicted"


def predictions(mse: float, fold: int, seed: int) -> tuple[str, float]:
    """Rows whose errors differ between variants by their size and a little noise, and their MSE."""
    shared, own = np.random.default_rng(0), np.random.default_rng(seed)
    target = shared.uniform(5, 25, STATES * ROWS).round(4)
    common = shared.normal(0, 1, STATES * ROWS)
    error = np.sqrt(mse) * (common + own.normal(0, 0.05, STATES * ROWS))
    lines = [
        f"{row},{fold},S{row // ROWS},1,{target[row]},{target[row] + 1:.4f},{value:.6g}"
        for row, value in enumerate(target + error)
    ]
    return "\n".join([HEADER, *lines, ""]), float((error**2).mean())


def make_variant(
    name: str = "a",
    mse: float = 1.0,
    *,
    seed: int = 0,
    edition: str = "sample",
    method: str = "forward",
    transductive: bool = False,
    fold: int = 0,
    parameters: dict[str, Any] | None = None,
    seeds: dict[str, float] | None = None,
    evaluated: dict[str, Any] | None = None,
    seconds: float | None = None,
    test: float | None = None,
    code: str = "code",
    stages: dict[str, Any] | None = None,
) -> Fabricated:
    """A variant; `name` is one of its parameters too, so that another name is another variant."""
    text, error = predictions(mse, fold, seed + 1000 * sum(map(ord, name)))
    metric = "rmse" if edition == "2021" else "mse"
    value = error if metric == "mse" else error**0.5
    label = f"{method} (leaks)" if method == "random" else method
    content = {
        "edition": edition,
        "main": {"metric": metric, "value": value, "low": value * 0.8, "high": value * 1.2},
        "valid": {"mse": error, "rmse": error**0.5, "skill": 1 - error / 2},
        "seeds": seeds or {"members": 8, "mse_mean": error, "mse_deviation": 1e-4},
        "split": {
            "method": method,
            "label": f"{label} (transductive)" if transductive else label,
            "leaks": method == "random",
        },
    }
    texts = {"metrics/evaluate.json": json.dumps(content | (evaluated or {}))}
    score = {} if test is None else {"score": {"all": {metric: test}}}
    texts["metrics/submit.json"] = json.dumps(score)
    named = {"train.model": name, "train.seed": seed, "ingest.split.method": method}
    return fabricate(
        name=name if seed == 0 else f"{name}, seed={seed}",
        edition=edition,
        code=code,
        texts=texts,
        parameters=named | (parameters or {}),
        predictions=text,
        stages=stages or {},
    )


def make_classification(
    name: str = "c", cross_entropy: float = 0.6, *, sharpness: float = 1.0, rise: float = 0.5
) -> Fabricated:
    """A classification, which is the better the nearer its sharpness is to 2."""
    texts = classification_texts(cross_entropy, rise=rise)
    return fabricate(
        name=name,
        texts=texts,
        parameters={"train.model": name, "train.task": "classification", "train.rise": rise},
        predictions=probability_rows(360, sharpness=sharpness),
    )


@pytest.fixture(scope="session")
def classification() -> Callable[..., Fabricated]:
    return make_classification


@pytest.fixture(scope="session")
def variant() -> Callable[..., Fabricated]:
    return make_variant


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FabricatedProject:
    """A project under git and DVC, which is the current folder; MLflow's address leads nowhere."""
    return enter_project(tmp_path / "project", monkeypatch)


@pytest.fixture
def entries(variant: Callable[..., Fabricated], project: FabricatedProject) -> Callable[..., Any]:
    """Reads variants as entries, after DVC's cache has got their files."""
    from hw1.board.entries import entry_of

    def read(*variants: Fabricated) -> list[Any]:
        for each in variants:
            project.cache(each)
        return [entry_of(each.record, project.root / ".dvc/cache/files/md5") for each in variants]

    return read
