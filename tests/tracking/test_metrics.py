import json
import posixpath
import re

import pytest
from browser_support import variant_texts
from hostile_support import SIGNALS, STATES
from task_support import classification_texts, structured_texts

from hw1.tracking.metrics import (
    headline_names,
    main_metric,
    metric_points,
    probability_names,
    seconds_points,
)


def points(**choices):
    return list(metric_points(variant_texts(**choices)))


def values(**choices):
    return {name: value for name, value, step in points(**choices) if step == 0}


def test_what_decides_comes_first_logged_or_sorted():
    names = [name for name, _, _ in points()]
    decisive = list(headline_names("mse"))
    assert decisive[0] == main_metric("sample") == "error/mse"
    assert names[:6] == decisive
    ordered = sorted(names)
    assert ordered[0] == "error/mse"
    assert set(ordered[:6]) == set(decisive)
    assert ordered[-1].startswith("x_")


def test_the_headline_copies_the_stages_numbers():
    shown = values(mse=1.25)
    assert shown["error/mse"] == shown["evaluate/valid.mse"] == 1.25
    assert (shown["error/mse_low"], shown["error/mse_high"]) == (1.0, 1.5)
    assert shown["error/skill"] == shown["evaluate/valid.skill"]
    assert shown["error/test_mse"] == shown["submit/score.all.mse"] == 1.35
    assert shown["error/test_mse_expected"] == 1.3
    assert shown["submit/expected.low"] < 1.3 < shown["submit/expected.high"]
    assert "submit/expected.value" not in shown


def test_an_edition_of_another_metric_is_ranked_by_it():
    shown = values(mse=4.0, metric="rmse")
    assert main_metric("2021") == "error/rmse"
    assert shown["error/rmse"] == 2.0
    assert "error/mse" not in shown


def test_a_leaking_splits_error_is_not_ranked_among_the_others():
    shown = values(mse=1.25, method="random")
    assert shown["error_leaking/mse"] == 1.25
    assert "error/mse" not in shown
    assert shown["error/test_mse"] == 1.35


def test_no_error_of_linked_windows_is_ranked_among_forecasts():
    shown = values(mse=0.4, linked=True)
    assert shown["error_transductive/mse"] == 0.4
    assert shown["error_transductive/test_mse"] == 0.5
    assert not [name for name in shown if name.startswith("error/")]
    both = values(mse=0.4, linked=True, method="random")
    assert not [name for name in both if name.startswith("error/")]
    assert both["error_leaking/mse"] == 0.4


def test_an_unknown_solution_leaves_the_test_error_out():
    shown = values(solution=False)
    assert "error/test_mse" not in shown
    assert "error/mse" in shown


def test_every_number_of_every_stage_is_there_once():
    texts = variant_texts()
    names = [name for name, _, step in metric_points(texts) if step == 0]
    assert len(names) == len(set(names))
    assert {
        "evaluate/persistence.mse",
        "features/count",
        "ingest/shift.day",
        "submit/mean",
        "train/folds.0.valid_mse",
        "x_score/shop_day5_change",
        "x_shift/cli",
    } <= set(names)
    assert all(name.count("/") == 1 and " " not in name for name in names)


def test_words_and_truth_values_are_no_numbers():
    names = set(values())
    assert not names & {"ingest/split.leaks", "evaluate/split.leaks", "train/model"}


def test_learning_curves_have_a_step_an_epoch():
    curve = [(value, step) for name, value, step in points() if name == "learning/fold_0.valid_mse"]
    assert curve == [(2.25, 1), (1.75, 2), (1.25 + 1 / 3, 3)]
    names = {name for name, _, step in points(folds=("0", "1")) if step}
    assert names == {
        "learning/fold_0.train_mse",
        "learning/fold_0.valid_mse",
        "learning/fold_1.train_mse",
        "learning/fold_1.valid_mse",
        "learning/final.train_mse",
    }


def test_a_rate_that_changes_is_a_curve():
    texts = variant_texts()
    path = "metrics/train/curve.csv"
    texts[path] = texts[path].replace("0,1,8,2,2.25,0.003", "0,1,8,2,2.25,0.03")
    rates = [point for point in metric_points(texts) if point[0].endswith("learning_rate")]
    assert rates == [
        ("learning/fold_0.learning_rate", rate, epoch)
        for rate, epoch in ((0.03, 1), (0.003, 2), (0.003, 3))
    ]


def test_a_model_that_learns_in_one_step_has_no_curve():
    assert all(step == 0 for _, _, step in points(epochs=1))


def test_missing_files_have_no_numbers():
    texts = variant_texts()
    assert list(metric_points({})) == []
    only = {"metrics/train.json": texts["metrics/train.json"]}
    assert {name.split("/")[0] for name, _, _ in metric_points(only)} == {"train"}


def test_a_single_state_has_no_interval():
    texts = variant_texts()
    evaluated = json.loads(texts["metrics/evaluate.json"])
    del evaluated["main"]["low"], evaluated["main"]["high"], evaluated["valid"]["skill"]
    texts["metrics/evaluate.json"] = json.dumps(evaluated)
    names = [name for name, _, _ in metric_points(texts)]
    errors = [name for name in names if name.startswith("error/")]
    assert errors == ["error/mse", "error/test_mse", "error/test_mse_expected"]


def test_seconds_have_a_group_of_their_own():
    assert list(seconds_points({"train": 1.5})) == [("seconds/train", 1.5, 0)]


def test_a_classification_is_never_ranked_among_errors_of_percentages():
    points = list(metric_points(classification_texts()))
    shown = {name: value for name, value, step in points if step == 0}
    assert [name for name, _, _ in points][:7] == list(probability_names())
    assert shown["classification/cross_entropy"] == 0.6
    assert shown["classification/cross_entropy_low"] == pytest.approx(0.55)
    assert (shown["classification/auc"], shown["classification/accuracy"]) == (0.741, 0.675)
    assert shown["classification/test_cross_entropy"] == pytest.approx(0.62)
    assert shown["evaluate/calibration.error"] == 0.0312
    assert not [name for name in shown if name.startswith("error")]
    leaking = {name for name, _, _ in metric_points(classification_texts(method="random"))}
    assert "classification_leaking/cross_entropy" in leaking
    assert "classification/cross_entropy" not in leaking
    assert "classification/test_cross_entropy" in leaking


def test_structured_is_ranked_by_positivity_and_its_signals_come_last():
    shown = {name: value for name, value, step in metric_points(structured_texts()) if step == 0}
    assert shown["error/mse"] == 1.25
    assert shown["evaluate/structured.mean_skill"] == 0.0822
    assert shown["x_signal/cli.skill"] == shown["x_signal/test.cli.skill"] == 0.1


@pytest.mark.fault("hostile names")
def test_whatever_a_signal_is_called_mlflow_takes_its_numbers(record_property):
    names = (*SIGNALS, *STATES, "..", ".", "/", "../../x", "a//b", "C:\\x", "%2e%2e%2f", "a#b?c&d")
    texts = variant_texts()
    texts["metrics/features.json"] = json.dumps({"selected": dict.fromkeys(names, 0.5)})
    shift = {"day": 4, "in_deviations": dict.fromkeys(names, 1.5)}
    texts["metrics/ingest.json"] = json.dumps({"shift": shift})
    found = [name for name, *_ in metric_points(texts) if name.startswith(("x_score/", "x_shift/"))]
    assert len(found) == 2 * len(names)
    for name in found:
        assert re.fullmatch(r"[/\w.\- :]{1,250}", name), name
        assert posixpath.normpath(name) == name
    record_property("cases", len(names))
