import numpy as np
import pytest
from sklearn.linear_model import ARDRegression, Lasso, LassoCV, Ridge
from sklearn.model_selection import GroupKFold
from train_support import design_table, make_params

from hw1.models.design import to_design
from hw1.models.linear import fit_ard, fit_lasso, fit_persistence, fit_ridge
from hw1.models.problem import make_problem

DESIGN = to_design("0", design_table(240))
NEW = np.random.default_rng(5).normal(size=(30, 3))


def problem(**changes):
    return make_problem(make_params(**changes), DESIGN)


@pytest.mark.parametrize(
    ("fit", "theirs"),
    [
        (fit_ridge, Ridge(alpha=1.0)),
        (fit_ard, ARDRegression(max_iter=300, threshold_lambda=1e4)),
    ],
)
def test_predictions_are_those_of_scikit_learn(fit, theirs):
    given = problem()
    theirs.fit(given.x, given.y)

    assert fit(given).predict(NEW)[0] == pytest.approx(theirs.predict(NEW), rel=1e-9)


def test_lasso_with_a_given_penalty():
    given = problem(lasso={"alpha": 0.05})
    theirs = Lasso(alpha=0.05).fit(given.x, given.y)

    assert fit_lasso(given).predict(NEW)[0] == pytest.approx(theirs.predict(NEW), rel=1e-9)


def test_lasso_chooses_its_penalty_on_states_it_has_not_seen():
    given = problem()
    splits = list(GroupKFold(4).split(given.x, groups=given.states))
    theirs = LassoCV(cv=splits).fit(given.x, given.y)

    assert fit_lasso(given).predict(NEW)[0] == pytest.approx(theirs.predict(NEW), rel=1e-9)


def test_lasso_copes_with_a_single_state():
    table = design_table()
    table["state"] = "AL"

    fitted = fit_lasso(make_problem(make_params(), to_design("0", table)))

    assert fitted.coefficients[0, 0] > 0.0


def test_ridge_copes_with_redundant_features_without_a_penalty():
    table = design_table()
    table["twice_day5"] = 2.0 * table["cli_day5"]

    fitted = fit_ridge(make_problem(make_params(ridge={"alpha": 0.0}), to_design("0", table)))

    assert np.abs(fitted.coefficients).max() < 10.0


def test_persistence_moves_nothing():
    alone = problem(model="persistence")

    assert fit_persistence(alone).predict(NEW).tolist() == [[0.0] * 30]


def test_persistence_moves_nothing_where_changes_are_standardised():
    given = problem()

    fitted = fit_persistence(given).rescaled(given.deviation, given.mean)

    assert fitted.predict(NEW) == pytest.approx(0.0, abs=1e-12)
