import pandas as pd
import pytest

from hw1.core import layout
from hw1.core.files import read_json

OUTPUTS = [
    layout.EVALUATE_METRICS,
    layout.BY_STATE,
    layout.BY_LEVEL,
    layout.PREDICTIONS,
    layout.HELD_OUT,
]


def test_it_writes_metrics_breakdowns_and_predictions(write_project, run_stage):
    root = write_project(edition="2021")
    done = run_stage("evaluate", root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("evaluate: forward validation RMSE ")
    assert "better than persistence" in done.stdout
    assert done.stdout.count("\n") == 1

    metrics = read_json(root / layout.EVALUATE_METRICS)
    predictions = pd.read_csv(root / layout.PREDICTIONS)
    mse = ((predictions["predicted"] - predictions["target"]) ** 2).mean()
    assert metrics["valid"]["mse"] == pytest.approx(mse, rel=1e-4)
    assert metrics["main"]["metric"] == "rmse"
    assert metrics["seeds"]["members"] == 2
    assert metrics["seeds"]["mse_deviation"] > 0
    assert list(metrics["schemes"]) == ["blocks", "forward", "random"]
    assert metrics["schemes"]["forward"]["mse"] == metrics["valid"]["mse"]
    assert metrics["extrapolation"]["verdict"] in ("passes", "fails")

    by_state, by_level = pd.read_csv(root / layout.BY_STATE), pd.read_csv(root / layout.BY_LEVEL)
    assert by_state["state"].tolist() == ["AL", "CA", "NY", "WA"]
    assert by_state["rows"].sum() == by_level["rows"].sum() == len(predictions) == 20
    held_out = pd.read_csv(root / layout.HELD_OUT)
    assert held_out["squared"].sum() == pytest.approx(mse * 20, rel=1e-4)
    assert (by_level["level_low"] <= by_level["level_high"]).all()


@pytest.mark.fault("threads")
def test_the_same_inputs_give_the_same_bytes_and_a_leak_is_marked(write_project, run_stage):
    root = write_project(method="random")
    done = run_stage("evaluate", root)
    assert done.stdout.startswith("evaluate: random (leaks) validation MSE ")
    first = [(root / path).read_bytes() for path in OUTPUTS]
    run_stage("evaluate", root)
    assert first == [(root / path).read_bytes() for path in OUTPUTS]


def test_a_missing_model_is_one_plain_message(write_project, run_stage):
    root = write_project()
    (root / layout.MODEL_FOLDER / "model.json").unlink()
    (root / layout.EVALUATE_METRICS).unlink()
    done = run_stage("evaluate", root)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert not (root / layout.EVALUATE_METRICS).exists()
