import numpy as np
import pandas as pd
import pytest

from hw1.compare.paired import paired_difference
from hw1.core.errors import DataError
from hw1.evaluation.bootstrap import state_intervals
from hw1.evaluation.breakdown import state_sums


@pytest.fixture
def pair(scored_pair):
    return scored_pair(np.random.default_rng(3), improvement=0.3)


def mse(scored):
    return float(((scored["predicted"] - scored["target"]) ** 2).mean())


def test_it_is_the_difference_of_both_errors(pair):
    a, b = pair
    paired = paired_difference(a, b)
    assert (paired.rows, paired.states) == (560, 40)
    assert paired.loss_a == pytest.approx(mse(a))
    assert paired.difference == pytest.approx(mse(b) - mse(a))
    assert paired.rmse == pytest.approx(mse(b) ** 0.5 - mse(a) ** 0.5)
    assert paired.low < paired.difference < paired.high < 0
    assert paired.rmse_low < paired.rmse < paired.rmse_high < 0
    assert paired.winner == "b"
    assert paired.share_b_better > 0.95


def test_the_order_of_sides_only_changes_signs(pair):
    forward, backward = paired_difference(*pair), paired_difference(*reversed(pair))
    assert backward.winner == "a"
    assert backward.difference == pytest.approx(-forward.difference)
    assert (backward.low, backward.high) == pytest.approx((-forward.high, -forward.low))
    assert backward.share_a_better == forward.share_b_better


def test_rows_pair_by_id_whatever_their_order(pair):
    a, b = pair
    shuffled = b.sample(frac=1, random_state=1)
    assert paired_difference(a, shuffled) == paired_difference(a, b)


def test_weights_count(pair):
    a, b = (
        side.assign(weight=np.where(side["state"] == "S0", 1.0, 0.0)).assign(fold=2)
        for side in pair
    )
    paired = paired_difference(a, b)
    assert paired.states == 1
    assert paired.loss_a == pytest.approx(mse(pair[0].query("state == 'S0'")))
    assert paired.low is None


def test_the_same_predictions_differ_by_nothing_and_nobody_wins(pair):
    paired = paired_difference(pair[0], pair[0])
    assert (paired.difference, paired.low, paired.high, paired.rmse) == (0, 0, 0, 0)
    assert (paired.share_a_better, paired.share_b_better) == (0, 0)
    assert paired.winner is None


def test_one_state_has_a_difference_but_no_interval(scored_pair):
    paired = paired_difference(*scored_pair(np.random.default_rng(0), states=1, improvement=0.9))
    assert paired.difference < 0
    assert (paired.low, paired.high, paired.rmse_low, paired.share_b_better) == (None,) * 4
    assert paired.winner is None


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: rows.assign(id=rows["id"] + 1),
        lambda rows: rows.assign(fold=1),
        lambda rows: rows.assign(target=rows["target"] + 0.01),
        lambda rows: rows.assign(known=rows["known"] + 0.01),
        lambda rows: rows.assign(weight=0.5),
        lambda rows: rows.assign(state="NY"),
    ],
    ids=["subset", "ids", "folds", "target", "known", "weight", "state"],
)
def test_other_rows_are_not_compared(pair, change):
    a, b = pair
    assert paired_difference(a, change(b)) is None
    assert paired_difference(change(a), b) is None


def test_a_row_in_several_folds_pairs_fold_by_fold(pair):
    a, b = (pd.concat([side, side.assign(fold=1)]) for side in pair)
    assert paired_difference(a, b).rows == 1120
    assert paired_difference(a, b).difference == pytest.approx(paired_difference(*pair).difference)


def test_rounding_of_files_makes_no_other_rows(pair):
    a, b = pair
    rounded = b.assign(target=[float(f"{value:.6g}") for value in b["target"]])
    assert paired_difference(a, rounded) is not None


def test_damaged_predictions_are_refused(pair):
    a, b = pair
    with pytest.raises(DataError, match="B hold id 0 twice"):
        paired_difference(a, pd.concat([b, b[:1]]))
    with pytest.raises(DataError, match="A hold a value that is no number"):
        paired_difference(a.assign(predicted=np.nan), b)


def test_the_same_seed_gives_the_same_numbers(pair):
    assert paired_difference(*pair, seed=1) == paired_difference(*pair, seed=1)
    assert paired_difference(*pair, seed=1) != paired_difference(*pair, seed=2)


def test_more_confidence_is_wider(pair):
    narrow, wide = (paired_difference(*pair, confidence=share) for share in (0.5, 0.95))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_pairing_sees_what_two_intervals_hide(scored_pair):
    """Most of an error is the state's own and cancels: the intervals overlap, yet B wins."""
    pair = scored_pair(np.random.default_rng(3), improvement=0.15)
    a, b = (
        state_intervals(state_sums(side)[1], 1000, 0.9, np.random.default_rng(0))["mse"]
        for side in pair
    )
    estimate_b = paired_difference(*pair).loss_b
    assert b[1] > a[0]
    assert a[0] < estimate_b
    assert paired_difference(*pair).winner == "b"


def test_intervals_hold_no_difference_about_as_often_as_they_say(scored_pair):
    """Both sides err equally on average, by errors that the rows of a state share."""
    generator = np.random.default_rng(7)
    trials, hits, b_ahead = 120, 0, []
    for _ in range(trials):
        paired = paired_difference(*scored_pair(generator), resamples=300)
        hits += paired.winner is None
        b_ahead.append(paired.share_b_better)
    assert hits / trials == pytest.approx(0.9, abs=0.08)
    assert np.mean(b_ahead) == pytest.approx(0.5, abs=0.1)
