"""A project of four states as the stages before evaluate and submit leave it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hw1.core import layout
from hw1.core.files import write_csv, write_json, write_parquet, write_text
from hw1.core.survey import Structure
from hw1.features.columns import Feature
from hw1.features.map import FeatureMap
from hw1.fitted import storage
from hw1.fitted.linear import LinearFitted
from hw1.target import TargetScale

REPOSITORY = Path(__file__).resolve().parents[2]

Stage = Callable[..., subprocess.CompletedProcess[str]]

PARAMS = {
    "  edition: sample": '  edition: "{edition}"',
    "    method: forward": "    method: {method}",
    "  bootstrap: 1000": "  bootstrap: 200",
    "  levels: 5": "  levels: 3",
    "  model: mlp": "  model: ridge",
}


def windows(structure: Structure, rows: int, seed: int) -> pd.DataFrame:
    """Windows whose positivity moves by today's `cli`, give or take 1."""
    generator = np.random.default_rng(seed)
    table = pd.DataFrame(
        generator.uniform(5, 30, (rows, len(structure.day_columns))), columns=structure.day_columns
    )
    noise = generator.normal(0, 1, rows)
    change = table["cli_day2"] - 15
    table[structure.target_column] = table[structure.known_column] + change + noise
    table.insert(0, "id", np.arange(rows))
    table.insert(1, "state", np.array(structure.states)[np.arange(rows) % 4])
    table.insert(2, "chain", np.arange(rows) % 4)
    table.insert(3, "position", np.arange(rows) // 4)
    return table


@pytest.fixture
def write_project(tmp_path: Path) -> Callable[..., Path]:
    def write(
        edition: str = "sample", method: str = "forward", solved: bool = True, days: int = 2
    ) -> Path:
        structure = Structure(("AL", "CA", "NY", "WA"), ("cli", "tested_positive"), days)
        train, test = windows(structure, 60, seed=1), windows(structure, 20, seed=2)
        roles = np.where(train["id"] < 40, "train", "validation")
        folds = pd.DataFrame({"fold": 0, "id": train["id"], "role": roles, "weight": 1.0})
        folds["shown"] = False
        solution = pd.DataFrame(
            {
                "id": test["id"],
                "tested_positive": test[structure.target_column],
                "usage": np.where(test["id"] % 2 == 0, "public", "private"),
            }
        )
        write_parquet(tmp_path / layout.TRAIN_TABLE, train)
        write_parquet(tmp_path / layout.FOLDS_TABLE, folds)
        links = pd.DataFrame({"fold": [], "id": [], "previous": [], "next": []})
        write_parquet(tmp_path / layout.LINKS_TABLE, links)
        write_parquet(tmp_path / layout.TEST_TABLE, test.drop(columns=structure.target_column))
        solution = solution if solved else solution.iloc[:0]
        write_parquet(tmp_path / layout.SOLUTION_TABLE, solution)
        params = (REPOSITORY / "params.yaml").read_text(encoding="utf-8")
        for old, new in PARAMS.items():
            assert old in params
            params = params.replace(old, new.format(edition=edition, method=method), 1)
        write_csv(tmp_path / layout.HELD_OUT, held_out(structure))
        gate = {"extrapolation": {"verdict": "passes"}}
        write_json(tmp_path / layout.EVALUATE_METRICS, gate)
        write_text(tmp_path / "params.yaml", params)
        write_model(tmp_path, structure)
        return tmp_path

    return write


def held_out(structure: Structure) -> pd.DataFrame:
    """Sums of held-out later days: a model that makes a quarter of persistence's error."""
    squared = np.array([4.0, 5.0, 6.0, 5.0])
    columns = {"rows": 5.0, "weight": 5.0, "squared": squared, "absolute": 4.0, "signed": 1.0}
    return pd.DataFrame({"state": structure.states, **columns, "persistence": 20.0})


def write_model(root: Path, structure: Structure) -> None:
    """The true change, and slightly less of it, as two members."""
    features = FeatureMap((Feature("cli_day2", "cli_day2"),), "none", (15.0,), (1.0,), None, ())
    maps = {fold: features.to_dict() for fold in ("0", "final")}
    write_json(root / layout.FEATURES_FILE, {"structure": structure.to_dict(), "folds": maps})
    model = LinearFitted(np.array([[1.0], [0.9]]), np.zeros(2))
    folds = {"0": model, "final": model}
    storage.save(root / layout.MODEL_FOLDER, folds, TargetScale("change", "none"))


@pytest.fixture
def run_stage() -> Stage:
    """Run a stage as DVC does, in the project's folder."""

    def run(name: str, root: Path) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
        return subprocess.run(
            [sys.executable, "-m", f"stages.{name}"],
            cwd=root,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run
