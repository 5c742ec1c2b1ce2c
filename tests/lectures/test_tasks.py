"""The tasks' experiment on a small edition, and its parts on cases with known answers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lectures_support import foreign_numbers, run_twice, write_lecture_params
from ruamel.yaml import YAML
from support import ROOT, SMALL

from hw1.core import layout
from hw1.core.errors import DataError, ParamsError
from hw1.core.files import read_json, rounded
from hw1.core.sections import check_section, load_section, read_params
from hw1.evaluation.probabilities import pooled_probabilities
from hw1.lectures.frame.places import PARAMS
from hw1.lectures.tasks.chance import Draws, accuracy, auc, over_seeds, skill
from hw1.lectures.tasks.classes import roc
from hw1.lectures.tasks.experiment import EXPERIMENT, compute, recipes
from hw1.lectures.tasks.page import make_page, question, signed
from hw1.lectures.tasks.params import TasksParams
from hw1.params.evaluate import EvaluateParams
from hw1.simulate import write_edition

SIZE = {"train.hidden": [3], "train.epochs": 2}
CHANGES = {
    "seeds": 2,
    "models.linear": {"train.epochs": 2},
    "models.mlp": SIZE,
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small edition, the pipeline's parameters and small models."""
    write_edition(tmp_path / "data/raw/sample", SMALL)
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    text = text.replace("bootstrap: 1000", "bootstrap: 100").replace(
        "schemes: [forward, blocks, random]", "schemes: []"
    )
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    write_lecture_params(tmp_path, "tasks", CHANGES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def section(**changes: Any) -> TasksParams:
    content = read_params(ROOT / PARAMS)["tasks"]
    return check_section("tasks", content | changes, TasksParams)


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(root: Path) -> None:
    first, second = run_twice(EXPERIMENT, root)
    assert first == second
    declared = (ROOT / "lectures/dvc.yaml").read_text()
    assert all(name in declared for name in first if not name.endswith("params.yaml"))
    assert {Path(name).stem for name in first if name.endswith(".png")} == {
        "calibration",
        "roc",
        "signals",
        "positivity",
    }


def pipeline(root: Path, overrides: dict[str, Any], section_of: dict[str, Any]) -> Any:
    """What the main pipeline's stages write to metrics/evaluate.json."""
    content = section_of
    for key, value in overrides.items():
        *outer, last = key.split(".")
        place = content
        for name in outer:
            place = place[name]
        assert last in place
        place[last] = value
    with (root / "params.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(content, stream)
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    for stage in ("ingest", "features", "train", "evaluate"):
        done = subprocess.run(
            [sys.executable, "-m", f"stages.{stage}"],
            cwd=root,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return read_json(root / layout.EVALUATE_METRICS)


def test_the_page_says_what_the_pipeline_says_of_classes(root: Path) -> None:
    params = load_section("tasks", TasksParams, PARAMS)
    found = compute(params).metrics
    asked = {"train.task": "classification", "train.rise": 0.0, **params.overrides("mlp", "sample")}
    metrics = pipeline(root, asked, read_params())
    own = found["classification"]["models"]["mlp"]
    valid = metrics["valid"]
    assert own["cross_entropy"]["value"] == pytest.approx(valid["cross_entropy"], rel=1e-5)
    assert own["cross_entropy"]["low"] == pytest.approx(valid["cross_entropy_low"], rel=1e-5)
    assert own["auc"]["value"] == pytest.approx(valid["auc"], rel=1e-5)
    assert own["accuracy"]["high"] == pytest.approx(100 * valid["accuracy_high"], rel=1e-5)
    seeds = metrics["seeds"]
    assert own["cross_entropy"]["deviation"] == pytest.approx(
        seeds["cross_entropy_deviation"], rel=1e-4
    )
    assert own["calibration"]["error"] == pytest.approx(
        100 * metrics["calibration"]["error"], rel=1e-5
    )
    base = found["classification"]["base_rate"]
    assert base["cross_entropy"] == pytest.approx(metrics["base_rate"]["cross_entropy"], rel=1e-5)


@pytest.mark.slow
def test_the_page_says_what_the_pipeline_says_of_days(root: Path) -> None:
    params = load_section("tasks", TasksParams, PARAMS)
    found = compute(params).metrics
    asked = {
        "train.task": "structured",
        "features.last_day": False,
        **params.overrides("mlp", "sample"),
    }
    metrics = pipeline(root, asked, read_params())
    own = found["structured"]["models"]["mlp"]
    for name, one in metrics["structured"]["signals"].items():
        assert own["signals"][name]["value"] == pytest.approx(100 * one["skill"], rel=1e-4)
    together = found["structured"]["positivity"]["mlp"]["together"]
    assert together["value"] == pytest.approx(100 * metrics["valid"]["skill"], rel=1e-4)
    assert together["low"] == pytest.approx(100 * metrics["valid"]["skill_low"], rel=1e-4)


def test_linear_outputs_share_nothing(root: Path) -> None:
    found = compute(load_section("tasks", TasksParams, PARAMS)).metrics["structured"]
    difference = found["positivity"]["ridge"]["difference"]
    assert difference["verdict"] == "same"
    assert (difference["value"], difference["seeds"]) == (0.0, 0.0)


def test_commands_name_what_is_not_in_params_yaml() -> None:
    content = read_params(ROOT / "params.yaml")
    plan = recipes(section(seeds=content["train"]["seeds"]), content, "sample")
    commands = {task: models["mlp"].command for task, models in plan.items()}
    assert commands == {
        "regression": "dvc exp run",
        "classification": "dvc exp run -S train.task=classification",
        "structured": "dvc exp run -S train.task=structured -S features.last_day=false",
        "forecast": "dvc exp run -S features.last_day=false",
    }
    shipped = read_params(ROOT / "variants.yaml")
    own = plan["classification"]["linear"]
    assert own.train.epochs == shipped["logistic"]["set"]["train.epochs"]
    other = recipes(section(seeds=9), content, "2022")["regression"]["mlp"]
    assert other.command == "dvc exp run -S ingest.edition=2022 -S train.seeds=9"


def test_unknown_keys_and_a_rise_that_never_comes_are_refused(root: Path) -> None:
    params = load_section("tasks", TasksParams, PARAMS)
    wrong = params.models.model_copy(update={"mlp": {"train.width": 3}})
    with pytest.raises(ParamsError, match=r"unknown key `train\.width`"):
        compute(params.model_copy(update={"models": wrong}))
    leaking = (root / "params.yaml").read_text().replace("method: forward", "method: random")
    with pytest.raises(DataError, match=r"set another `train\.rise`"):
        compute(params.model_copy(update={"rise": 90.0}))
    (root / "params.yaml").write_text(leaking)
    with pytest.raises(ParamsError, match="do not go together"):
        compute(params)


def scored(target: list[float], predicted: list[float]) -> pd.DataFrame:
    """Rows of four states in turn."""
    return pd.DataFrame(
        {
            "state": np.array(["AL", "CA", "NY", "WA"])[np.arange(len(target)) % 4],
            "weight": 1.0,
            "target": target,
            "known": 0.5,
            "predicted": predicted,
            "share": 0.5,
        }
    )


EVALUATE = EvaluateParams.model_validate(read_params(ROOT / "params.yaml")["evaluate"])


def test_a_difference_is_sure_only_where_every_state_agrees() -> None:
    truth = [0.0, 0.0, 1.0, 1.0] * 2 + [1.0, 1.0, 0.0, 0.0] * 2
    right = scored(truth, [0.8 if one else 0.2 for one in truth])
    wrong = scored(truth, [0.2 if one else 0.8 for one in truth])
    draws = Draws(right, EVALUATE)
    assert draws.difference(accuracy, right, wrong) == {
        "value": 100.0,
        "low": 100.0,
        "high": 100.0,
        "sure": True,
    }
    assert draws.difference(skill, right, right)["sure"] is False
    partly = scored(truth, [0.8 if one else 0.2 for one in truth])
    partly.loc[partly["state"] == "AL", "predicted"] = 0.5
    partly.loc[partly["state"] == "CA", "predicted"] = 1 - right["predicted"]
    assert draws.difference(auc, wrong, partly)["value"] < 0.0
    with pytest.raises(DataError, match="two states"):
        Draws(right[right["state"] == "AL"], EVALUATE)


def test_the_area_under_the_drawn_curve_is_the_auc() -> None:
    random = np.random.default_rng(0)
    truth = (random.random(4000) < 0.4).astype(float)
    table = scored(truth.tolist(), (0.5 * truth + random.random(4000)).round(2).tolist())
    curve = roc(table)
    area = float(np.trapezoid(curve["found"], curve["false_alarms"]))
    assert area == pytest.approx(pooled_probabilities(table)["auc"], abs=0.005)
    assert (curve["found"][0], curve["found"][-1]) == (0.0, 1.0)


def test_single_values_have_no_deviation() -> None:
    assert over_seeds([2.0]) == {"mean": 2.0}
    assert over_seeds([1.0, 3.0]) == {"mean": 2.0, "deviation": pytest.approx(2**0.5)}


def test_signs_are_told() -> None:
    assert [signed(value) for value in (1.24, -1.26, -0.04, 0.0)] == ["+1.2", "−1.3", "0.0", "0.0"]


def test_questions_and_verdicts_follow_the_numbers(root: Path) -> None:
    found = compute(load_section("tasks", TasksParams, PARAMS))
    metrics = rounded(found.metrics)
    assert foreign_numbers(make_page(metrics), metrics) == []
    assert metrics["structured"]["outputs"] == 3
    for points, words in (
        (0.0, "Does positivity rise?"),
        (0.5, "Does positivity rise by more than 0.5 points?"),
    ):
        metrics["classification"]["rise"] = points
        assert question(metrics) == words
    difference = metrics["structured"]["positivity"]["mlp"]["difference"]
    for verdict, words in (
        ("helps", "**Learning all signals together helps to predict positivity**"),
        ("hurts", "**Learning all signals together hurts the prediction of positivity**"),
        ("unsure", "no difference for positivity that can be told from chance"),
    ):
        difference["verdict"] = verdict
        assert words in make_page(metrics)
    areas = metrics["classification"]["classifier_less_regression"]["mlp"]["auc"]
    for value, sure, words in (
        (0.1, True, "tells rows apart better**"),
        (-0.1, True, "tells rows apart worse**"),
        (-0.1, False, "neither better nor worse**"),
    ):
        areas |= {"value": value, "sure": sure}
        assert words in make_page(metrics)
    models = metrics["classification"]["models"]
    for lows, words in (
        ((1.0, 1.0), "logistic regression and the MLP both give"),
        ((-1.0, -1.0), "neither logistic regression nor the MLP surely gives"),
        ((-1.0, 1.0), "the MLP, but not surely logistic regression, gives"),
    ):
        for name, low in zip(("linear", "mlp"), lows, strict=True):
            models[name]["skill"]["low"] = low
        assert words in make_page(metrics)


@pytest.mark.fault("hostile names")
def test_a_signals_name_on_the_page_is_code() -> None:
    hostile = "a`[x](javascript:y)|<script>"
    text = (ROOT / "lectures/metrics/tasks.json").read_text()
    best = read_json(ROOT / "lectures/metrics/tasks.json")["structured"]["models"]["mlp"]["best"]
    page = make_page(json.loads(text.replace(f'"{best}"', json.dumps(hostile))))
    assert f"``{hostile}``" in page
    assert "| ``a`[x](javascript:y)\\|<script>`` |" in page
    assert page.count("<script>") == 2
