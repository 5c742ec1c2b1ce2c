import io
import json

import pandas as pd
from report_support import make_outcome, make_results, make_trial

from hw1.sweep.table import COLUMNS, ranked, sweep_table, table_csv

RESULTS = [
    (make_trial(2, {"train.dropout": 0.1, "features.k": None}), make_outcome(2, 1.5)),
    (make_trial(0, {"train.hidden": [16, 8], "features.k": 8}), make_outcome(0, 1.2)),
    (make_trial(1, {"train.optimizer.name": "sgd"}), make_outcome(1, 9.0, state="diverged")),
    (make_trial(3, {}), make_outcome(3, 1.0, state="pruned")),
]


def test_a_row_a_trial_and_a_column_a_parameter():
    table = sweep_table(RESULTS, "members")
    keys = ["features.k", "train.dropout", "train.hidden", "train.optimizer.name"]
    assert list(table.columns) == [*COLUMNS, *keys]
    assert table["trial"].tolist() == [0, 1, 2, 3]
    assert table["state"].tolist() == ["complete", "diverged", "complete", "pruned"]
    assert table["epochs"].tolist() == [20, 0, 20, 5]
    assert table["value"][0] == RESULTS[1][1].members_mse


def test_values_are_told_from_what_a_trial_does_not_have():
    table = sweep_table(RESULTS, "members")
    assert table["features.k"].tolist() == [8, None, "null", None]
    assert json.loads(table["train.hidden"][0]) == [16, 8]
    text = table_csv(RESULTS, "members")
    read = pd.read_csv(io.StringIO(text), keep_default_na=False, dtype=str)
    assert read["features.k"].tolist() == ["8", "", "null", ""]
    assert read["train.optimizer.name"].tolist() == ["", "sgd", "", ""]
    assert float(read["value"][0]) == RESULTS[1][1].members_mse


def test_the_order_of_the_results_changes_nothing():
    results = make_results(30)
    assert table_csv(results[::-1], "members") == table_csv(results, "members")
    assert table_csv(results, "members") != table_csv(results, "ensemble")


def test_the_objective_decides_the_value():
    outcome = RESULTS[0][1]
    assert outcome.value("members") == outcome.members_mse
    assert outcome.value("ensemble") == outcome.ensemble_mse
    assert RESULTS[3][1].value("ensemble") is None


def test_only_complete_trials_are_ranked():
    assert [trial.number for trial, _ in ranked(RESULTS, "members")] == [0, 2]


def test_no_trial_gives_the_header():
    assert table_csv([], "members") == ",".join(COLUMNS) + "\n"
