import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.features.fit import fit_feature_map, score_target
from hw1.transforms import arcsine_sqrt

METHODS = ["all", "manual", "correlation", "f_regression", "mutual_info", "lasso", "rfe"]


def test_training_rows_come_out_standardised(structure, make_windows, make_params):
    windows = make_windows(structure)
    fitted, scores = fit_feature_map(windows, structure, make_params(transform="arcsine_sqrt"))
    values = fitted.apply(windows)
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(values.std(axis=0), 1)
    assert list(scores) == fitted.names


def test_without_standardising_values_keep_their_units_and_are_not_clipped(
    structure, make_windows, make_params
):
    windows = make_windows(structure)
    fitted, _ = fit_feature_map(windows, structure, make_params(standardise=False, clip=5.0))
    levels = fitted.apply(windows)[:, fitted.names.index("shop_day3")]
    np.testing.assert_array_equal(levels, windows["shop_day3"])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_what_moves_positivity(structure, make_windows, make_params, method):
    names = ["cli_*"] if method == "manual" else ["*"]
    params = make_params(selection=method, names=names, k=2, differences="all")
    fitted, scores = fit_feature_map(make_windows(structure, rows=200), structure, params)
    assert fitted.names == ["cli_day3", "cli_day3_change"]
    assert all(score > 0 for score in scores.values())


def test_poisoned_target_moves_scores_but_no_feature(structure, make_windows, make_params):
    windows = make_windows(structure)
    poisoned = windows.assign(**{structure.target_column: windows["shop_day1"].to_numpy()[::-1]})
    params = make_params(days="all", differences="all", states=True)
    fitted, scores = fit_feature_map(windows, structure, params)
    other, other_scores = fit_feature_map(poisoned, structure, params)
    assert other == fitted
    assert other_scores != scores


def test_constant_columns_give_zeros_and_no_score(structure, make_windows, make_params):
    windows = make_windows(structure).assign(shop_day3=12.5)
    fitted, scores = fit_feature_map(windows, structure, make_params(transform="arcsine_sqrt"))
    values = fitted.apply(windows.assign(shop_day3=99.0))
    np.testing.assert_array_equal(values[:, fitted.names.index("shop_day3")], 0)
    assert scores["shop_day3"] == 0


def test_score_target(structure, make_windows, make_params):
    windows = make_windows(structure, rows=3)
    target, known = windows[structure.target_column], windows[structure.known_column]
    level = make_params(transform="arcsine_sqrt", score_target="level")
    np.testing.assert_array_equal(score_target(windows, structure, level), arcsine_sqrt(target))
    change = make_params(score_target="change")
    np.testing.assert_array_equal(score_target(windows, structure, change), target - known)


def test_states_are_kept_only_where_a_feature_needs_them(structure, make_windows, make_params):
    windows = make_windows(structure)
    with_states, _ = fit_feature_map(windows, structure, make_params(states=True))
    without, _ = fit_feature_map(windows, structure, make_params())
    assert with_states.states == structure.states
    assert without.states == ()


def test_one_row_is_too_few(structure, make_windows, make_params):
    with pytest.raises(DataError, match="at least 2 training rows, there are 1"):
        fit_feature_map(make_windows(structure, rows=1), structure, make_params())
