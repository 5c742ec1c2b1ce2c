import json

import numpy as np
import pandas as pd
import pytest

from hw1.evaluation.report import (
    ensemble_deviation,
    evaluation_line,
    evaluation_metrics,
    seed_metrics,
)
from hw1.evaluation.validation import Validation
from hw1.params.evaluate import EvaluateParams, GateParams

PARAMS = EvaluateParams(
    bootstrap=200,
    confidence=0.9,
    levels=2,
    seed=0,
    schemes=[],
    gate=GateParams(fraction=0.2, tolerance=2.0),
)


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
    assert set(seed_metrics(one)) == {"members", "mse_mean"}


def simulated(generator, ensembles, members, rows=60):
    """Members that share an error and add one of their own, [ensembles, members, rows]."""
    target = generator.uniform(5, 25, rows)
    shared = generator.normal(0, 1, rows)
    own = generator.normal(0, 0.5, (ensembles, members, rows))
    # a bias that differs by seed: errors of one seed are not independent from row to row
    bias = generator.normal(0, 0.2, (ensembles, members, 1))
    table = {"state": "AK", "weight": 1.0, "target": target, "known": target + 1.0}
    return pd.DataFrame(table), target + shared + own + bias


def test_the_ensembles_deviation_is_what_other_seeds_would_give():
    scored, members = simulated(np.random.default_rng(0), ensembles=400, members=8)
    errors = members.mean(axis=1) - scored["target"].to_numpy()
    truth = (errors**2).mean(axis=1).std(ddof=1)  # over 400 ensembles that share no seed
    guesses = [ensemble_deviation(Validation(scored, ensemble)) for ensemble in members]
    assert np.sqrt(np.mean(np.square(guesses))) == pytest.approx(truth, rel=0.15)
    # a member alone moves more
    metrics = seed_metrics(Validation(scored, members[0]))
    assert 0 < metrics["ensemble_deviation"] < metrics["mse_deviation"]


def test_two_members_by_hand():
    scored = pd.DataFrame({"target": [1.0, 2.0], "known": 0.0, "weight": [1.0, 3.0]})
    two = Validation(scored, np.array([[2.0, 2.0], [1.0, 4.0]]))
    # leaving one out leaves the other, with MSE 1/4 and 12/4: deviations of 11/8 from their mean
    assert ensemble_deviation(two) == pytest.approx(11 / 8)


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
