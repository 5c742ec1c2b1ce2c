import dataclasses

import numpy as np
import pytest

from hw1.compare.paired import PairedDifference, paired_difference
from hw1.compare.words import paired_verdict, signed, signed_interval, within_seeds

PAIRED = PairedDifference(
    loss="mse",
    rows=538,
    states=40,
    confidence=0.9,
    loss_a=1.2,
    loss_b=1.1789,
    difference=-0.0211,
    low=-0.0352,
    high=-0.0061,
    rmse=-0.0097,
    rmse_low=-0.0161,
    rmse_high=-0.0028,
    share_b_better=0.99,
    share_a_better=0.01,
)
NOISE = dataclasses.replace(PAIRED, high=0.004, share_b_better=0.85, share_a_better=0.15)


def test_a_winner_is_named_with_size_interval_and_share():
    words = "B is better: MSE lower by 0.021 [0.006, 0.035], in 99.0 % of resamples"
    assert paired_verdict(PAIRED) == words
    words = "B is better: RMSE lower by 0.0097 [0.0028, 0.0161], in 99.0 % of resamples"
    assert paired_verdict(PAIRED, "rmse") == words


def test_the_same_is_said_of_a():
    turned = dataclasses.replace(
        PAIRED, difference=0.0211, low=0.0061, high=0.0352, share_b_better=0.0, share_a_better=1.0
    )
    words = "A is better: MSE lower by 0.021 [0.006, 0.035], in all resamples"
    assert paired_verdict(turned) == words
    assert paired_verdict(turned, names=("the champion", "it")).startswith("the champion is better")


def test_noise_is_called_noise():
    words = "no more than noise: MSE -0.021 [-0.035, +0.004], B ahead in 85 % of resamples"
    assert paired_verdict(NOISE) == words


def test_what_seeds_explain_is_noise_too():
    words = "no more than noise: MSE -0.021 [-0.035, -0.006], but other seeds alone give +/- 0.033"
    assert paired_verdict(PAIRED, seeds=0.02) == words
    assert "give +/- 0.015" in paired_verdict(PAIRED, "rmse", seeds=0.02)
    assert paired_verdict(PAIRED, seeds=0.01) == paired_verdict(PAIRED)
    assert paired_verdict(NOISE, seeds=0.02) == paired_verdict(NOISE)


def test_seeds_explain_up_to_their_own_interval():
    assert within_seeds(PAIRED, 0.0211 / 1.64)
    assert not within_seeds(PAIRED, 0.0211 / 1.65)
    assert not within_seeds(PAIRED, 0.0)
    assert not within_seeds(PAIRED, None)


def test_an_estimate_outside_of_its_interval_wins_nothing():
    odd = dataclasses.replace(PAIRED, difference=0.001)
    assert odd.winner is None
    assert paired_verdict(odd).startswith("no more than noise")


def test_equal_errors_and_single_states_are_told(scored_pair):
    a, _ = scored_pair(np.random.default_rng(0))
    assert "the same error in every state" in paired_verdict(paired_difference(a, a), seeds=1.0)
    alone = paired_difference(*scored_pair(np.random.default_rng(0), states=1))
    assert "one state alone" in paired_verdict(alone)


def test_a_share_is_never_rounded_up_to_all():
    nearly = dataclasses.replace(PAIRED, share_b_better=0.9999)
    assert "in 99.9 % of resamples" in paired_verdict(nearly)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((-0.0211, -0.0352, -0.0061), ("-0.021", "-0.035", "-0.006")),
        ((0.0003, -0.0061, 0.0071), ("+0.0003", "-0.0061", "+0.0071")),
        ((-0.02, -0.04, -0.0004), ("-0.0200", "-0.0400", "-0.0004")),
        ((12.3, -4.5, 1234.5), ("+12", "-4", "+1,234")),
        ((0.0, 0.0, 0.0), ("0", "0", "0")),
    ],
)
def test_a_difference_and_its_bounds_share_decimals(values, texts):
    assert signed_interval(*values) == texts


def test_numbers_out_of_a_tables_reach_get_an_exponent():
    assert [signed(value) for value in (3e12, -1e-9, 0.0)] == ["+3.0e+12", "-1.0e-09", "0"]
