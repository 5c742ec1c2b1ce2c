import dataclasses

import numpy as np
import pytest

from hw1.compare.difference import compare


def test_a_clear_winner(better):
    comparison = compare(*better)
    assert comparison.winner == "b"
    assert comparison.verdict.startswith("B is better: MSE lower by ")
    assert comparison.reason is None
    assert [change.key for change in comparison.parameters] == ["train.model"]
    assert len(comparison.moved.most) == 5
    assert not comparison.same_results


def test_it_hands_its_settings_on(better):
    comparison = compare(*better, resamples=200, confidence=0.5, seed=3, most=2)
    assert comparison.paired.confidence == 0.5
    assert len(comparison.moved.most) == 2
    assert comparison.paired != compare(*better, resamples=200, confidence=0.5, seed=4).paired


def test_the_same_variant_twice(better):
    comparison = compare(better[0], better[0])
    assert comparison.verdict == "no difference: the same parameters and results"
    assert comparison.winner is None
    assert comparison.same_results


def test_other_parameters_can_have_the_same_results(better):
    a, _ = better
    b = dataclasses.replace(a, parameters=a.parameters | {"train.threads": 2})
    assert compare(a, b).verdict == "no difference: other parameters, the same results"


def test_the_same_validation_with_another_leaderboard_is_not_the_same(better):
    a, _ = better
    b = dataclasses.replace(a, metrics=a.metrics | {"submit.score.all.mse": 1.3})
    comparison = compare(a, b)
    assert not comparison.same_results
    assert comparison.verdict.startswith("no difference on validation rows")


def test_a_difference_that_seeds_explain_has_no_winner(better):
    noisy = [
        dataclasses.replace(side, metrics=side.metrics | {"evaluate.seeds.mse_deviation": 2.0})
        for side in better
    ]
    comparison = compare(*noisy)
    assert comparison.paired.winner == "b"
    assert comparison.winner is None
    assert "other seeds alone" in comparison.verdict


def test_other_rows_give_the_reason_and_no_difference(better):
    a, b = better
    other = dataclasses.replace(
        b, predictions=b.predictions[5:], parameters=b.parameters | {"ingest.split.fraction": 0.1}
    )
    comparison = compare(a, other)
    assert comparison.paired is None
    assert comparison.moved is None
    assert comparison.verdict == f"no verdict: {comparison.reason}"
    assert "ingest.split.fraction" in comparison.verdict
    assert comparison.metrics[0].difference is None


def test_predictions_that_are_not_at_hand_leave_the_rest(better):
    a, b = better
    comparison = compare(a, dataclasses.replace(b, predictions=None))
    assert "B's predictions" in comparison.verdict
    assert [change.key for change in comparison.parameters] == ["train.model"]
    assert comparison.metrics[0].b is not None


def test_another_edition_is_never_paired_though_ids_agree(better):
    a, b = better
    assert compare(a, dataclasses.replace(b, edition="2022")).paired is None


def test_two_sides_without_anything_are_not_called_the_same_results(make_side):
    bare = dataclasses.replace(make_side(None), metrics={}, features={})
    assert not compare(bare, bare).same_results


def test_an_edition_judged_by_rmse_is_told_in_rmse(better):
    of_2021 = [dataclasses.replace(side, edition="2021") for side in better]
    assert "RMSE lower by" in compare(*of_2021).verdict


def test_one_state_gives_no_verdict(make_side, scored_pair):
    a, b = scored_pair(np.random.default_rng(0), states=1, improvement=0.9)
    comparison = compare(make_side(a), make_side(b))
    assert comparison.winner is None
    assert comparison.paired.difference == pytest.approx(comparison.metrics[0].difference)
    assert "one state" in comparison.verdict
