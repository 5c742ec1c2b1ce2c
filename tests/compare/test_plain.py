import dataclasses
import json

from hw1.compare.difference import compare


def test_it_is_json_with_rounded_numbers(better):
    content = compare(*better).to_dict()
    text = json.dumps(content, allow_nan=False)
    assert json.loads(text) == content
    assert content["winner"] == "b"
    assert content["a"] == {
        "name": "old",
        "edition": "sample",
        "task": "regression",
        "model": "mlp",
        "split": "forward",
    }
    assert content["parameters"] == [{"key": "train.model", "a": "mlp", "b": "lasso"}]
    assert content["metrics"][0]["name"] == "evaluate.valid.mse"
    assert content["paired"]["states"] == 40
    assert len(content["predictions"]["most"]) == 5
    assert set(content["predictions"]["most"][0]) >= {"id", "target", "a", "b", "moved", "nearer"}
    numbers = {key: value for key, value in content["paired"].items() if key != "loss"}
    assert all(value == float(f"{value:.6g}") for value in numbers.values())


def test_what_is_not_there_is_null_or_left_out(better):
    a, b = better
    bare = dataclasses.replace(b, predictions=None, parameters=a.parameters | {"train.new": None})
    content = compare(a, bare).to_dict()
    assert content["paired"] is content["predictions"] is None
    assert content["reason"] in content["verdict"]
    assert content["parameters"] == [{"key": "train.new", "b": None}]


def test_features_tell_what_came_and_went(make_side):
    a, b = make_side(None), make_side(None, features={"cli_day5": 0.25, "new": 0.125})
    assert compare(a, b).to_dict()["features"] == {
        "count": {"a": 2, "b": 2},
        "gone": {"shop_day5": 0.1},
        "came": {"new": 0.125},
        "scores": [{"name": "cli_day5", "a": 0.2, "b": 0.25, "difference": 0.05}],
    }
