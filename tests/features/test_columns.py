import numpy as np
import pandas as pd
import pytest

from hw1.core.errors import DataError
from hw1.features.columns import Feature, check_states, feature_values
from hw1.transforms import arcsine_sqrt

LEVEL = Feature("cli_day2", "cli_day2")
CHANGE = Feature("cli_day2_change", "cli_day2", minus="cli_day1")
STATE = Feature("state_NY", "state", equals="NY")


@pytest.fixture
def windows():
    return pd.DataFrame({"state": ["AL", "NY"], "cli_day1": [10.0, 20.0], "cli_day2": [25.0, 50.0]})


def test_levels_changes_and_states(windows):
    values = feature_values([STATE, CHANGE, LEVEL], windows, "none")
    np.testing.assert_array_equal(values, [[0, 15, 25], [1, 30, 50]])


def test_transform_comes_before_the_difference(windows):
    values = feature_values([LEVEL, CHANGE], windows, "arcsine_sqrt")
    np.testing.assert_array_equal(values[:, 0], arcsine_sqrt([25, 50]))
    np.testing.assert_array_equal(values[:, 1], arcsine_sqrt([25, 50]) - arcsine_sqrt([10, 20]))


def test_only_needed_columns_are_read(windows):
    assert feature_values([LEVEL], windows[["cli_day2"]], "none").shape == (2, 1)


def test_missing_column_is_named(windows):
    with pytest.raises(DataError, match="lack column `cli_day1`"):
        feature_values([CHANGE], windows.drop(columns="cli_day1"), "none")


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_value_that_is_not_finite_is_located(windows, wrong):
    windows.loc[1, "cli_day2"] = wrong
    with pytest.raises(DataError, match=r"`cli_day2`, row 1: (nan|inf)"):
        feature_values([LEVEL], windows, "none")


def test_text_is_located(windows):
    with pytest.raises(DataError, match=r"`cli_day2`.*'many'"):
        feature_values([LEVEL], windows.assign(cli_day2=["many", "few"]), "none")


def test_unknown_state_is_named(windows):
    check_states(windows, ["AL", "NY"])
    with pytest.raises(DataError, match="row 1 is of state 'NY'"):
        check_states(windows, ["AL"])


def test_feature_round_trip():
    for feature in (LEVEL, CHANGE, STATE):
        assert Feature.from_dict(feature.to_dict()) == feature
