import dataclasses
import math

import numpy as np
import pytest

from hw1.compare.metrics import metric_changes, seed_noise


@pytest.fixture
def changes(better):
    return {change.metric.name: change for change in metric_changes(*better, same_rows=True)}


def test_the_editions_own_metric_comes_first(better):
    first, second, *_ = metric_changes(*better, same_rows=True)
    assert (first.metric.name, second.metric.label) == ("evaluate.valid.mse", "validation RMSE")
    of_2021 = [dataclasses.replace(side, edition="2021") for side in better]
    assert metric_changes(*of_2021, same_rows=True)[0].metric.name == "evaluate.valid.rmse"


def test_both_values_and_their_difference_are_given(changes, better):
    change = changes["evaluate.valid.mse"]
    assert change.difference == change.b - change.a
    assert change.a == better[0].metrics["evaluate.valid.mse"]
    assert change.better == "b"
    assert changes["train.parameters"].better is None
    assert changes["submit.score.all.mse"].difference == 0
    assert changes["submit.score.all.mse"].better is None


def test_validation_errors_on_other_rows_have_no_difference(better):
    changes = {change.metric.name: change for change in metric_changes(*better, same_rows=False)}
    assert changes["evaluate.valid.mse"].difference is None
    assert changes["evaluate.valid.mse"].a is not None
    assert changes["submit.score.all.mse"].difference == 0


@pytest.mark.parametrize(
    ("parameters", "score"),
    [
        ({"ingest.edition": "other"}, {"mse": 1.1, "persistence_mse": 1.5}),
        ({}, {"mse": 1.1, "persistence_mse": 1.4}),
    ],
    ids=["edition", "persistence"],
)
def test_leaderboards_of_other_rows_have_no_difference(make_side, parameters, score):
    changes = metric_changes(make_side(None), make_side(None, parameters, score=score), False)
    by_name = {change.metric.name: change for change in changes}
    assert (by_name["submit.score.all.mse"].a, by_name["submit.score.all.mse"].b) == (1.2, 1.1)
    assert by_name["submit.score.all.mse"].difference is None


def test_a_metric_of_one_side_is_shown_without_difference(better):
    a, b = better
    bare = dataclasses.replace(b, metrics={"evaluate.valid.mse": 1.0})
    changes = {change.metric.name: change for change in metric_changes(a, bare, same_rows=True)}
    assert changes["evaluate.valid.rmse"].b is None
    assert changes["evaluate.valid.rmse"].difference is None
    assert "evaluate.valid.skill" not in changes


def test_better_goes_by_each_metrics_direction(better):
    a, b = (
        dataclasses.replace(
            side, metrics={"evaluate.valid.bias": bias, "evaluate.valid.skill": skill}
        )
        for side, bias, skill in zip(better, (-0.3, 0.2), (0.1, 0.2), strict=True)
    )
    bias, skill = metric_changes(a, b, same_rows=True)
    assert (bias.better, skill.better) == ("b", "b")
    assert [change.better for change in metric_changes(b, a, same_rows=True)] == ["a", "a"]


def test_seed_noise_adds_both_sides_variances(make_side):
    a = make_side(None, seeds={"members": 8, "mse_deviation": 0.08})
    b = make_side(None, seeds={"members": 2, "mse_deviation": 0.02})
    assert seed_noise(a, b) == pytest.approx(math.sqrt(0.08**2 / 8 + 0.02**2 / 2))


def test_a_model_without_randomness_has_no_seed_noise(make_side):
    ridge = make_side(None, {"train.seeds": 8}, seeds={"members": 1})
    assert seed_noise(ridge, ridge) == 0


def test_one_seed_says_nothing_about_seed_noise(make_side):
    known = make_side(None)
    alone = make_side(None, {"train.seeds": 1}, seeds={"members": 1})
    assert seed_noise(known, alone) is None
    assert seed_noise(known, dataclasses.replace(known, metrics={})) is None


def test_an_ensembles_error_moves_by_what_seed_noise_says():
    """Told from the members of one ensemble, seen over many ensembles of other seeds."""
    generator = np.random.default_rng(0)
    members, rows, trials = 8, 300, 300
    error = generator.normal(0, 1, rows)
    drawn = generator.normal(0, 0.15, (trials, members, rows))
    single = ((error + drawn) ** 2).mean(axis=2)
    ensemble = ((error + drawn.mean(axis=1)) ** 2).mean(axis=1)
    told = np.sqrt((single.var(axis=1, ddof=1) / members).mean())
    assert ensemble.std() == pytest.approx(told, rel=0.2)
