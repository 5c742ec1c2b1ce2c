"""Errors of probabilities, beside those of scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, roc_auc_score

from hw1.evaluation.calibration import calibration_error, calibration_table
from hw1.evaluation.classification import classification_line, classification_metrics
from hw1.evaluation.probabilities import areas, pooled_probabilities, scored_sums, surprise
from hw1.evaluation.validation import Validation
from hw1.params.evaluate import EvaluateParams
from hw1.params.ingest import IngestParams
from hw1.target import Rise

PARAMS = EvaluateParams(
    bootstrap=200,
    confidence=0.9,
    levels=3,
    seed=0,
    schemes=[],
    gate={"fraction": 0.2, "tolerance": 2.0},
)


def scored(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """Rows whose probabilities are true, in tenths so that many are equal."""
    generator = np.random.default_rng(seed)
    predicted = generator.integers(1, 10, rows) / 10.0
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "fold": 0,
            "state": np.array(["AL", "CA", "NY", "WA"])[np.arange(rows) % 4],
            "weight": generator.uniform(0.1, 2.0, rows),
            "target": (generator.random(rows) < predicted).astype(float),
            "known": generator.uniform(5.0, 30.0, rows),
            "predicted": predicted,
            "share": 0.45,
        }
    )


def test_pooled_errors_are_scikit_learns():
    table = scored()
    truth, predicted, weight = table["target"], table["predicted"], table["weight"]
    found = pooled_probabilities(table)
    assert found["cross_entropy"] == pytest.approx(log_loss(truth, predicted, sample_weight=weight))
    assert found["brier"] == pytest.approx(brier_score_loss(truth, predicted, sample_weight=weight))
    assert found["auc"] == pytest.approx(roc_auc_score(truth, predicted, sample_weight=weight))
    assert found["accuracy"] == pytest.approx(
        accuracy_score(truth, predicted > 0.5, sample_weight=weight)
    )
    base = log_loss(truth, np.full(len(table), 0.45), sample_weight=weight)
    assert found["skill"] == pytest.approx(1.0 - found["cross_entropy"] / base)


def test_a_sample_of_states_counts_like_rows_repeated():
    table = scored()
    _, codes = np.unique(table["state"], return_inverse=True)
    counts = np.array([[2.0, 0.0, 1.0, 1.0]])
    drawn = pd.concat([table[codes == code] for code in (0, 0, 2, 3)])
    expected = pooled_probabilities(drawn)
    assert areas(table, codes, counts)[0] == pytest.approx(expected["auc"])
    errors = scored_sums(table, codes).resampled(counts).errors()
    assert errors["cross_entropy"][0] == pytest.approx(expected["cross_entropy"])
    assert errors["skill"][0] == pytest.approx(expected["skill"])


def test_what_was_ruled_out_costs_much_but_not_everything():
    found = surprise(np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))
    assert found == pytest.approx([13.8155, 0.0, 0.0], abs=1e-4)


def test_one_class_has_no_area_and_all_else():
    found = pooled_probabilities(scored().assign(target=1.0))
    assert "auc" not in found
    assert found["share"] == 1.0


def test_true_probabilities_are_well_calibrated_and_squeezed_ones_are_not():
    table = scored(rows=4000)
    assert calibration_error(table, PARAMS)["error"] < 0.04
    squeezed = table.assign(predicted=0.4 + 0.2 * table["predicted"])
    assert calibration_error(squeezed, PARAMS)["error"] > 0.15
    bins = calibration_table(table, PARAMS)
    assert bins["rows"].sum() == 4000
    assert len(bins) == 10
    assert ((bins["predicted"] - bins["observed"]).abs() < 4.0 * bins["error"]).all()


def test_few_rows_make_few_bins():
    assert len(calibration_table(scored(rows=45), PARAMS)) == 2
    assert len(calibration_table(scored(rows=3), PARAMS)) == 1


def test_outcomes_that_states_share_are_less_sure_than_rows_seem():
    table = scored().assign(predicted=0.5)
    together = table.assign(target=table["state"].isin(["AL", "CA"]).astype(float))
    apart, one = (calibration_table(each, PARAMS)["error"].mean() for each in (together, table))
    assert apart > 2.0 * one
    alone = calibration_table(table.assign(state="AL"), PARAMS)
    assert alone["error"].isna().all()


def metrics(table: pd.DataFrame) -> dict:
    members = np.stack([table["predicted"] - 0.02, table["predicted"] + 0.02])
    split = {"method": "forward", "fraction": 0.2, "folds": 3, "seed": 0}
    ingest = IngestParams(edition="sample", link="none", accept=[], split=split)
    return classification_metrics(Validation(table, members), PARAMS, Rise(0.5), ingest)


def test_metrics_hold_the_number_to_rank_by_with_its_interval():
    found = metrics(scored())
    assert found["task"] == "classification"
    assert found["rise"] == 0.5
    main = found["main"]
    assert main["metric"] == "cross_entropy"
    assert main["low"] < main["value"] < main["high"]
    valid = found["valid"]
    assert valid["auc_low"] < valid["auc"] < valid["auc_high"]
    assert valid["skill_low"] < valid["skill"] < valid["skill_high"]
    assert found["base_rate"]["share"] == pytest.approx(0.45)
    seeds = found["seeds"]
    assert seeds["members"] == 2
    assert seeds["cross_entropy_deviation"] > 0.0
    line = classification_line({**found})
    assert line.startswith("forward validation cross-entropy 0.")
    assert "better than the base rate; accuracy " in line
    assert ", AUC 0." in line


def test_an_area_that_some_samples_lack_has_no_interval():
    table = scored()
    # all positive rows in one state: a sample without it has one class only
    valid = metrics(table.assign(target=(table["state"] == "AL").astype(float)))["valid"]
    assert "auc" in valid
    assert "auc_low" not in valid
    assert "cross_entropy_low" in valid
