"""Every task through the same stages, on a small simulated survey."""

import json

import numpy as np
import pandas as pd
import pytest
from support import ROOT, SMALL

from hw1.core import layout
from hw1.core.files import read_json
from hw1.predictor import submission_predictor
from hw1.simulate import write_edition

STAGES = ("ingest", "features", "train", "evaluate", "submit")
QUICK = {
    "  bootstrap: 1000": "  bootstrap: 100",
    "  seeds: 8  ": "  seeds: 2  ",
    "  epochs: 15": "  epochs: 5",
    "  schemes: [forward, blocks, random]": "  schemes: [forward, random]",
}


@pytest.fixture
def run_task(tmp_path, run_stage):
    def run(**changes: str) -> str:
        text = (ROOT / "params.yaml").read_text()
        for old, new in QUICK.items() | {
            (f"  {key}: {old}", f"  {key}: {new}")
            for key, old, new in (
                ("task", "regression", changes["task"]),
                ("last_day", "true", changes.get("last_day", "true")),
                ("model", "mlp", changes.get("model", "mlp")),
            )
        }:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "params.yaml").write_text(text)
        write_edition(tmp_path / layout.RAW / "sample", SMALL)
        told = ""
        for stage in STAGES:
            done = run_stage(stage, tmp_path)
            assert done.returncode == 0, done.stderr
            told += done.stdout
        return told

    return run


def test_probabilities_of_a_rise(run_task, tmp_path):
    told = run_task(task="classification")
    assert "evaluate: forward validation cross-entropy " in told
    assert "which is no submission for Kaggle; offline cross-entropy public " in told

    evaluated, submitted = (
        read_json(tmp_path / path) for path in (layout.EVALUATE_METRICS, layout.SUBMIT_METRICS)
    )
    predictions = pd.read_csv(tmp_path / layout.PREDICTIONS)
    assert set(predictions["target"]) == {0, 1}
    assert predictions["predicted"].between(0.0, 1.0).all()
    assert evaluated["schemes"]["forward"]["cross_entropy"] == evaluated["valid"]["cross_entropy"]
    assert "extrapolation" not in evaluated
    by_state = pd.read_csv(tmp_path / layout.BY_STATE)
    brier = np.average(by_state["mse"], weights=by_state["rows"])
    assert evaluated["valid"]["brier"] == pytest.approx(brier, rel=1e-4)
    train = read_json(tmp_path / layout.TRAIN_METRICS)
    assert train["valid_mse"] == pytest.approx(brier, rel=1e-4)

    lines = (tmp_path / layout.SUBMISSION).read_text().splitlines()
    assert lines[0] == "id,probability"
    assert len(lines) == 1 + SMALL.test_rows
    score = submitted["score"]["all"]
    assert score["rows"] == SMALL.test_rows
    # the model of all rows is compared with the share of all rows
    share, seen = evaluated["base_rate"]["all_rows"], score["share"]
    base = -(seen * np.log(share) + (1.0 - seen) * np.log(1.0 - share))
    assert score["base_cross_entropy"] == pytest.approx(base, rel=1e-4)
    assert 0.0 < submitted["mean"] < 1.0


def test_the_whole_next_day(run_task, tmp_path):
    told = run_task(task="structured", last_day="false")
    assert "evaluate: of the 3 signals of the last day " in told
    evaluated, submitted = (
        read_json(tmp_path / path) for path in (layout.EVALUATE_METRICS, layout.SUBMIT_METRICS)
    )
    assert evaluated["task"] == "structured"
    signals = evaluated["structured"]["signals"]
    assert list(signals) == sorted(SMALL.signals)
    # positivity is what a regression is judged by, so the two must agree
    positivity = signals["tested_positive"]
    assert positivity["mse"] == pytest.approx(evaluated["valid"]["mse"], rel=1e-4)
    assert positivity["persistence_mse"] == pytest.approx(evaluated["persistence"]["mse"], rel=1e-4)
    assert set(submitted["structured"]["signals"]) == set(SMALL.signals) - {"tested_positive"}
    assert (tmp_path / layout.SUBMISSION).read_text().startswith("id,tested_positive\n")
    assert json.loads((tmp_path / layout.MODEL_FOLDER / "model.json").read_text())["target"] == {
        "task": "structured",
        "kind": "change",
        "transform": "arcsine_sqrt",
        "signals": list(SMALL.signals),
    }

    features, models = (tmp_path / each for each in (layout.FEATURES_FILE, layout.MODEL_FOLDER))
    predictor = submission_predictor(features, models)
    test = pd.read_parquet(tmp_path / layout.TEST_TABLE)
    day = predictor.predict_day(test)
    assert day.shape == (2, SMALL.test_rows, 3)
    assert np.array_equal(day[..., -1], predictor.predict(test))
    last = [name for name in predictor.structure.columns_of(SMALL.days) if name in test]
    assert np.array_equal(day, predictor.predict_day(test.drop(columns=last)))
