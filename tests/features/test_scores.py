import numpy as np
import pytest

from hw1.features import scores
from hw1.features.scaling import moments, standardise


@pytest.fixture
def table():
    """Standardised candidates: noise, strong, constant, weak, and a copy of the strong one."""
    generator = np.random.default_rng(3)
    values = generator.normal(size=(120, 5))
    values[:, 2] = 4.0
    values[:, 4] = values[:, 1]
    target = 3 * values[:, 1] - values[:, 3] + 0.1 * generator.normal(size=120)
    scaled = standardise(values, *moments(values))
    return scaled, (target - target.mean()) / target.std()


def test_correlation_agrees_with_numpy(table):
    values, target = table
    expected = [abs(np.corrcoef(values[:, place], target)[0, 1]) for place in (0, 1, 3)]
    np.testing.assert_allclose(scores.correlation(values, target)[[0, 1, 3]], expected)


def test_f_statistic_agrees_with_scikit_learn(table):
    from sklearn.feature_selection import f_regression

    values, target = table
    expected = f_regression(values, target)[0]
    np.testing.assert_allclose(scores.f_statistic(values, target), expected)


def test_f_statistic_of_a_perfect_line_is_finite(table):
    values, _ = table
    assert np.isfinite(scores.f_statistic(values, values[:, 0])).all()


def test_mutual_information_sees_what_correlation_does_not(table):
    values, _ = table
    found = scores.mutual_information(values, values[:, 0] ** 2, np.zeros(5, dtype=bool), seed=0)
    assert np.argmax(found) == 0
    assert found[2] == 0


def test_lasso_entry_starts_with_the_highest_correlation(table):
    values, target = table
    entry = scores.lasso_entry(values[:, :4], target)
    assert np.argsort(-entry).tolist()[:2] == [1, 3]
    assert entry[1] == pytest.approx(scores.correlation(values, target)[1])
    assert entry[2] == 0


def test_lasso_entry_drops_a_copy(table):
    entry = scores.lasso_entry(*table)
    assert min(entry[1], entry[4]) == 0 < max(entry[1], entry[4])


@pytest.mark.parametrize("groups", [["AL", "NY", "TX"] * 40, ["AL"] * 120])
def test_lasso_weight_is_about_the_true_coefficient(table, groups):
    values, target = table
    weight = scores.lasso_weight(values[:, :4], target, np.array(groups, dtype=object))
    assert weight[1] == pytest.approx(3 / np.sqrt(10), abs=0.06)
    assert weight[2] == 0
    assert weight[0] < weight[3] < weight[1]


def test_elimination_agrees_with_scikit_learn(table):
    from sklearn.feature_selection import RFE
    from sklearn.linear_model import Ridge

    values, target = table[0][:, :4], table[1]
    for keep in (1, 2, 3):
        expected = RFE(Ridge(fit_intercept=False), n_features_to_select=keep).fit(values, target)
        found = scores.recursive_elimination(values, target, keep)
        np.testing.assert_array_equal(found > 0, expected.support_ & values.any(axis=0))


@pytest.mark.parametrize(
    "measure",
    [
        scores.correlation,
        scores.f_statistic,
        scores.lasso_entry,
        lambda values, target: scores.mutual_information(values, target, values[0] > 9, 0),
        lambda values, target: scores.lasso_weight(values, target, np.array(["AL", "NY"] * 60)),
        lambda values, target: scores.recursive_elimination(values, target, 2),
    ],
)
def test_every_score_is_finite_not_negative_and_repeatable(table, measure):
    values, target = table
    found = measure(values, target)
    assert found.shape == (5,)
    assert (found >= 0).all()
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, measure(values, target))


@pytest.mark.parametrize("measure", [scores.correlation, scores.f_statistic, scores.lasso_entry])
def test_a_constant_target_scores_nothing(table, measure):
    np.testing.assert_array_equal(measure(table[0], np.zeros(120)), 0)
