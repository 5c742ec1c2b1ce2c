from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from expected_support import fitted_errors, simulated
from support import ROOT

from hw1.core.sections import read_params
from hw1.core.survey import Structure
from hw1.evaluation.errors import ErrorSums
from hw1.evaluation.expected import (
    Expected,
    expected_error,
    expected_line,
    mean_variance,
    ratio_variance,
    squared_steps,
)
from hw1.simulate import SimulationConfig
from hw1.simulate.config import state_names

STRUCTURE = Structure(("AL", "NY", "WA"), ("tested_positive",), 4)
EDITION = SimulationConfig(states=state_names(15), days=4, train_rows=900, test_rows=300)


def held_out(squared: list[float], persistence: list[float]) -> ErrorSums:
    """Two rows a state."""
    two = np.full(len(squared), 2.0)
    return ErrorSums(two, two, np.array(squared), two, two, np.array(persistence))


def windows(*days: list[float]) -> pd.DataFrame:
    """Six rows, two of each state."""
    table = {f"tested_positive_day{day}": values for day, values in enumerate(days, start=1)}
    return pd.DataFrame({"state": ["AL", "AL", "NY", "NY", "WA", "WA"], **table})


THREE_DAYS = windows([5, 5, 9, 9, 9, 9], [6, 7, 9, 10, 8, 9], [6, 7, 8, 12, 9, 9])
TWO_OF_THREE = held_out([1, 2, 3], [2, 3, 4])


def test_it_is_the_held_out_ratio_times_the_visible_days_persistence():
    steps = squared_steps(THREE_DAYS, STRUCTURE)
    assert steps.T.tolist() == [[1, 4, 0, 1, 1, 0], [0, 0, 1, 4, 1, 0]]
    expected = expected_error(TWO_OF_THREE, THREE_DAYS, STRUCTURE)
    assert expected.persistence_mse == pytest.approx(13 / 12)
    assert expected.mse == pytest.approx(2 / 3 * 13 / 12)
    low, high = expected.interval(0.9)
    assert low < expected.mse < high
    assert low * high == pytest.approx(expected.mse**2)


def test_the_day_to_be_predicted_is_never_looked_at():
    labelled = THREE_DAYS.assign(tested_positive_day4=99.0)
    assert expected_error(TWO_OF_THREE, labelled, STRUCTURE) == expected_error(
        TWO_OF_THREE, THREE_DAYS, STRUCTURE
    )


def test_three_days_have_one_visible_pair_and_two_have_none():
    three, two = replace(STRUCTURE, days=3), replace(STRUCTURE, days=2)
    assert squared_steps(THREE_DAYS, three).T.tolist() == [[1, 4, 0, 1, 1, 0]]
    assert expected_error(TWO_OF_THREE, THREE_DAYS, three).mse == pytest.approx(2 / 3 * 7 / 6)
    assert expected_error(TWO_OF_THREE, THREE_DAYS, two) is None


def test_without_a_yardstick_nothing_is_expected():
    still = windows([5.0] * 6, [5.0] * 6, [5.0] * 6)
    assert expected_error(TWO_OF_THREE, still, STRUCTURE) is None
    assert expected_error(held_out([1, 1], [0, 0]), THREE_DAYS, STRUCTURE) is None
    assert expected_error(held_out([], []), THREE_DAYS, STRUCTURE) is None


def test_a_single_held_out_state_gives_an_estimate_without_interval():
    expected = expected_error(held_out([1], [2]), THREE_DAYS, STRUCTURE)
    assert expected.mse == pytest.approx(13 / 24)
    assert expected.interval(0.9) is None
    shown = expected.metrics("mse", 0.9)
    assert not {"low", "high"} & set(shown)
    assert expected_line(shown) == "expect MSE 0.5417"


def test_a_perfect_model_and_a_single_test_row_have_no_interval():
    perfect = expected_error(held_out([0, 0], [1, 1]), THREE_DAYS, STRUCTURE)
    assert (perfect.mse, perfect.interval(0.9)) == (0.0, None)
    alone = expected_error(TWO_OF_THREE, THREE_DAYS.iloc[:1], STRUCTURE)
    assert alone.interval(0.9) is None


def test_test_states_that_were_not_held_out_count_all_the_same():
    elsewhere = THREE_DAYS.assign(state=["OR", "OR", "UT", "UT", "VT", "VT"])
    assert expected_error(TWO_OF_THREE, elsewhere, STRUCTURE) == expected_error(
        TWO_OF_THREE, THREE_DAYS, STRUCTURE
    )


def test_one_ratio_everywhere_leaves_no_doubt_about_it():
    assert ratio_variance(held_out([1, 2, 3], [2, 4, 6])) == pytest.approx(0.0)
    # influences 1 - 1/2 and 0 - 1/2: shares of the model's error less shares of persistence's
    assert ratio_variance(held_out([1, 0], [1, 1])) == pytest.approx(2 * (0.25 + 0.25))


def test_levels_that_differ_between_states_are_no_noise():
    states = np.array(["AL", "AL", "NY", "NY"])
    assert mean_variance(np.array([1.0, 1.0, 5.0, 5.0]), states) == 0.0
    # AL's two rows have variance 2, NY's none; the sum is 10
    assert mean_variance(np.array([1.0, 3.0, 3.0, 3.0]), states) == pytest.approx(4 / 100)


def test_states_of_one_row_are_compared_with_each_other():
    states = np.array(["AL", "AL", "NY", "WA"])
    assert mean_variance(np.array([4.0, 4.0, 0.0, 2.0]), states) == pytest.approx(4 / 100)


def test_more_confidence_is_wider_and_rmse_is_a_root():
    expected = Expected(4.0, 0.1, 9.0)
    narrow, wide = expected.interval(0.5), expected.interval(0.95)
    assert wide[0] < narrow[0] < 4.0 < narrow[1] < wide[1]
    assert expected.interval(0.9)[1] == pytest.approx(4 * np.exp(1.644854 * 0.1))
    mse, rmse = expected.metrics("mse", 0.9), expected.metrics("rmse", 0.9)
    for name in ("value", "low", "high", "persistence"):
        assert rmse[name] ** 2 == pytest.approx(mse[name])
    assert (rmse["metric"], rmse["value"], rmse["persistence"]) == ("rmse", 2.0, 3.0)
    assert rmse["skill"] == mse["skill"] == pytest.approx(5 / 9)
    assert expected_line(rmse) == "expect RMSE 2.000 [1.84, 2.17]"


def coverage(config: SimulationConfig, editions: int) -> tuple[int, float]:
    """How many 90 % intervals hold the error that comes out, and their median high / low."""
    params = read_params(ROOT / "params.yaml")
    params["ingest"]["split"] |= {"method": "forward", "fraction": 0.2}
    params["train"] |= {"model": "ridge"}
    held, ratios = 0, []
    for seed in range(700, 700 + editions):
        data = simulated(replace(config, seed=seed))
        sums, truth = fitted_errors(data, params)
        expected = expected_error(sums, data.test, data.structure)
        assert expected is not None
        low, high = expected.interval(0.9)
        held += low <= truth <= high
        ratios.append(high / low)
    return held, float(np.median(ratios))


def test_intervals_hold_the_error_that_comes_out_about_as_often_as_they_say():
    held, ratio = coverage(EDITION, 40)
    assert held >= 30  # 99.5 % of draws from 40 at 90 %
    assert ratio < 1.9


@pytest.mark.slow
def test_intervals_are_neither_too_narrow_nor_too_wide_over_many_editions():
    held, ratio = coverage(EDITION, 200)
    assert 168 <= held <= 190  # 99 % of draws from 200 at 90 %
    assert ratio < 1.9
