import json

import pytest

from hw1.evaluation.report import evaluation_line, evaluation_metrics, seed_metrics
from hw1.evaluation.validation import Validation
from hw1.params.evaluate import EvaluateParams

PARAMS = EvaluateParams(bootstrap=200, confidence=0.9, levels=2, seed=0)


def test_metrics_by_hand(validation):
    metrics = evaluation_metrics(validation, PARAMS, "sample", "forward")
    # the ensemble errs on one row of weight 0.5 by 2; persistence on all, weights 1, 1, 3, 0.5
    persistence = (1 * 1 + 1 * 9 + 3 * 1 + 0.5 * 4) / 5.5
    assert metrics["valid"]["rows"] == 4
    assert metrics["valid"]["mse"] == pytest.approx(0.5 * 4 / 5.5)
    assert metrics["valid"]["mae"] == pytest.approx(0.5 * 2 / 5.5)
    assert metrics["valid"]["bias"] == pytest.approx(0.5 * 2 / 5.5)
    assert metrics["persistence"]["mse"] == pytest.approx(persistence)
    assert metrics["persistence"]["rmse"] == pytest.approx(persistence**0.5)
    assert metrics["valid"]["skill"] == pytest.approx(1 - 2 / 15)
    assert metrics["bootstrap"] == {"confidence": 0.9, "states": 3}


def test_single_members_are_told_apart_from_the_ensemble(validation):
    seeds = seed_metrics(validation)
    # member 0 repeats the last known day; member 1 doubles the change
    assert seeds["members"] == 2
    assert seeds["mse_mean"] == pytest.approx(15 / 5.5)
    assert seeds["mse_deviation"] == pytest.approx(0.0, abs=1e-12)
    one = Validation(validation.scored, validation.members[:1])
    assert "mse_deviation" not in seed_metrics(one)


def test_the_interval_holds_the_error_and_follows_the_seed(validation):
    first = evaluation_metrics(validation, PARAMS, "sample", "forward")
    valid = first["valid"]
    assert valid["mse_low"] <= valid["mse"] <= valid["mse_high"]
    assert valid["skill_low"] <= valid["skill"] <= valid["skill_high"]
    assert first == evaluation_metrics(validation, PARAMS, "sample", "forward")


def test_the_main_metric_is_the_editions_own(validation):
    of_2021 = evaluation_metrics(validation, PARAMS, "2021", "forward")
    assert of_2021["main"]["metric"] == "rmse"
    assert of_2021["main"]["value"] == of_2021["valid"]["rmse"]
    assert of_2021["main"]["high"] == of_2021["valid"]["rmse_high"]
    assert of_2021["references"]["metric"] == "rmse"
    of_2022 = evaluation_metrics(validation, PARAMS, "2022", "forward")
    assert of_2022["main"]["value"] == of_2022["valid"]["mse"]
    assert "Kaggle" in of_2022["references"]["measured_on"]
    assert "references" not in evaluation_metrics(validation, PARAMS, "sample", "forward")


def test_a_leaking_split_is_marked_in_metrics_and_line(validation):
    metrics = evaluation_metrics(validation, PARAMS, "sample", "random")
    assert metrics["split"] == {
        "method": "random",
        "leaks": True,
        "transductive": False,
        "label": "random (leaks)",
    }
    assert evaluation_line(metrics).startswith("random (leaks) validation MSE ")
    honest = evaluation_metrics(validation, PARAMS, "sample", "blocks")
    assert honest["split"]["leaks"] is False
    assert "leaks" not in evaluation_line(honest)


def test_linked_windows_are_marked_in_metrics_and_line(validation):
    metrics = evaluation_metrics(validation, PARAMS, "sample", "blocks", "past")
    assert metrics["split"]["transductive"] is True
    assert metrics["split"]["label"] == "blocks, transductive"
    assert evaluation_line(metrics).startswith("blocks, transductive validation MSE ")


def test_the_line_reads_as_a_sentence(validation):
    metrics = evaluation_metrics(validation, PARAMS, "2021", "forward")
    line = evaluation_line(metrics)
    assert line.startswith("forward validation RMSE 0.6030 [0.00, ")
    assert line.endswith("], 86.7 % better than persistence")


def test_perfect_persistence_leaves_skill_out(validation):
    scored = validation.scored.assign(known=validation.scored["target"])
    metrics = evaluation_metrics(
        Validation(scored, validation.members), PARAMS, "sample", "forward"
    )
    assert "skill" not in metrics["valid"]
    assert "skill_low" not in metrics["valid"]
    assert "persistence" not in evaluation_line(metrics)
    json.dumps(metrics, allow_nan=False)
