import json

import numpy as np
import pytest

from hw1.compare.side import Side
from hw1.core.errors import DataError

CSV = b"id,fold,state,weight,target,known,predicted\n7,0,NA,1,2.5,2.25,2.125\n"
PARAMETERS = {"ingest.edition": "2021", "ingest.split.method": "random", "train.model": "mlp"}


def test_it_puts_files_together():
    texts = {
        "metrics/evaluate.json": json.dumps(
            {"edition": "2021", "split": {"leaks": True}, "valid": {"mse": 1.5, "rows": 3}}
        ),
        "metrics/train.json": json.dumps({"model": "mlp", "folds": {"0": {"train_mse": 1}}}),
        "metrics/features.json": json.dumps({"count": 1, "selected": {"cli_day5": 0.25}}),
        "metrics/train/curve.csv": "epoch\n1\n",
    }
    side = Side.read("tidy-owl", PARAMETERS, texts, CSV, code="abc")
    assert (side.name, side.edition, side.model, side.code) == ("tidy-owl", "2021", "mlp", "abc")
    assert (side.split, side.leaks, side.metric) == ("random (leaks)", True, "rmse")
    assert side.features == {"cli_day5": 0.25}
    assert side.metrics == {
        "evaluate.valid.mse": 1.5,
        "evaluate.valid.rows": 3,
        "train.folds.0.train_mse": 1,
    }
    assert side.predictions.iloc[0].tolist() == [7, 0, "NA", 1.0, 2.5, 2.25, 2.125]


def test_what_is_not_at_hand_is_left_out():
    side = Side.read("old", {}, {}, None)
    assert (side.features, side.metrics, side.predictions) == ({}, {}, None)
    assert (side.edition, side.model, side.split, side.metric) == ("", "", "", "mse")


def test_numbers_that_json_does_not_have_are_left_out():
    side = Side.read("odd", {}, {"metrics/submit.json": '{"score": NaN, "rows": 2}'}, None)
    assert side.metrics == {"submit.rows": 2}


def test_parameters_are_a_copy():
    parameters = dict(PARAMETERS)
    side = Side.read("a", parameters, {}, None)
    parameters["train.model"] = "ridge"
    assert side.model == "mlp"


@pytest.mark.parametrize(
    "content",
    [b"", b"id,fold\n1,0\n", CSV.replace(b"2.125", b"much"), CSV.replace(b"7,", b"seven,")],
    ids=["empty", "columns", "number", "id"],
)
def test_damaged_predictions_name_file_and_side(content):
    with pytest.raises(DataError, match=r"predictions\.csv of tidy-owl is damaged"):
        Side.read("tidy-owl", {}, {}, content)


def test_damaged_metrics_name_file_and_side():
    with pytest.raises(DataError, match=r"metrics/train\.json of tidy-owl"):
        Side.read("tidy-owl", {}, {"metrics/train.json": "{"}, None)


def test_columns_may_stand_in_any_order(scored_pair):
    table, _ = scored_pair(np.random.default_rng(0), states=2, rows=2)
    content = table[table.columns[::-1]].to_csv(index=False).encode()
    read = Side.read("a", {}, {}, content).predictions
    assert read.columns.tolist() == table.columns.tolist()
    assert read["predicted"].tolist() == pytest.approx(table["predicted"].tolist())
