import numpy as np
import pytest

from hw1.simulate.randomness import stream
from hw1.simulate.signals import KNOWN
from hw1.simulate.survey import (
    balanced,
    describe_society,
    lasting_traits,
    published_signal,
    respondents_by_day,
    sampled_share,
    seven_day_percent,
)


def society(days=120, states=40, seed=0):
    prevalence = np.zeros((days, states))
    return describe_society(seed, prevalence, lasting_traits(seed, states), 70.0)


def test_traits_of_many_states_are_uncorrelated_and_standard():
    traits = lasting_traits(0, 40)
    np.testing.assert_allclose(traits.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(traits.T @ traits / 40, np.eye(3), atol=1e-5)


def test_traits_of_few_states_are_left_alone():
    few = np.array([[1.0], [5.0]])
    assert balanced(few) is few


def test_seven_day_average_weighs_days_by_respondents():
    sample = np.array([[0.1]] * 6 + [[0.8]])
    asked = np.array([[100.0]] * 6 + [[400.0]])
    assert seven_day_percent(sample, asked).tolist() == [[38.0]]


def test_seven_day_average_starts_with_the_seventh_day():
    assert seven_day_percent(np.full((10, 2), 0.5), np.ones((10, 2))).shape == (4, 2)


def test_states_differ_in_respondents_and_weekends_have_fewer():
    asked = respondents_by_day(stream(0, "asked"), 140, 40)
    weekend = np.arange(140) % 7 >= 5
    assert asked[~weekend].mean() > 1.15 * asked[weekend].mean()
    assert asked.mean(axis=0).max() > 4 * asked.mean(axis=0).min()
    np.testing.assert_array_equal(asked, np.round(asked))


@pytest.mark.parametrize("level", [0.01, 0.1, 0.5])
def test_noise_of_a_day_has_the_binomial_deviation(level):
    people = society(days=2000, states=10)
    people.respondents[:] = 1000.0
    signal = KNOWN["hh_cmnty_cli"]
    sample = sampled_share(stream(0, "x"), signal, np.full((2000, 10), level), people)
    binomial = np.sqrt(level * (1 - level) / signal.respondents)
    assert sample.std() == pytest.approx(binomial, rel=0.05)
    assert sample.mean() == pytest.approx(level, abs=0.002)


def test_daily_changes_remember_the_day_that_drops_out():
    percent = published_signal(0, "depressed", society(days=400))
    changes = np.diff(percent, axis=0)
    assert np.corrcoef(changes[:-7].ravel(), changes[7:].ravel())[0, 1] == pytest.approx(
        -0.5, abs=0.05
    )


def test_published_values_are_percentages_on_the_grid_of_the_files():
    percent = published_signal(0, "cli", society())
    assert percent.shape == (114, 40)
    assert percent.min() > 0
    assert percent.max() <= 100
    np.testing.assert_array_equal(percent, np.round(percent, 7))
