import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from train_support import design_table, make_params

from hw1.models.design import to_design
from hw1.models.problem import make_problem
from hw1.models.trees import fit_extra_trees, fit_hist_gradient_boosting

PROBLEM = make_problem(make_params(seed=3, seeds=2), to_design("0", design_table(400)))
# training rows too: they lie where thresholds are, and float32 rounds them across
ROWS = np.concatenate([PROBLEM.x, np.random.default_rng(5).normal(size=(300, 3))])


def test_extra_trees_predict_as_scikit_learn_does():
    fitted = fit_extra_trees(PROBLEM)

    for member, seed in enumerate((3, 4)):
        theirs = ExtraTreesRegressor(
            n_estimators=5, min_samples_leaf=5, max_features=0.5, random_state=seed
        ).fit(PROBLEM.x, PROBLEM.y)
        expected = theirs.predict(ROWS)
        assert fitted.predict(ROWS)[member] == pytest.approx(expected, rel=1e-9)


@pytest.mark.fault("precision")
def test_thresholds_meet_features_cut_to_single_precision():
    x = np.array([[np.float64(np.float32(0.1))], [0.1], [0.3], [0.30000001]])
    theirs = ExtraTreesRegressor(n_estimators=20, random_state=0).fit(x, np.arange(4.0))
    fine = x + np.linspace(-1e-8, 1e-8, 41)
    table = design_table(4, validation=False).drop(columns=["ili_day5", "noise_day5"])
    table["cli_day5"], table["target"] = x[:, 0], table["known"] + np.arange(4.0)
    trees = {"trees": 20, "min_samples_leaf": 1, "max_features": 1.0}
    params = make_params(extra_trees=trees, target_standardise=False)

    fitted = fit_extra_trees(make_problem(params, to_design("0", table)))

    rows = fine.reshape(-1, 1)
    assert fitted.predict(rows)[0] == pytest.approx(theirs.predict(rows), rel=1e-9)


def test_boosted_trees_predict_as_scikit_learn_does():
    fitted = fit_hist_gradient_boosting(PROBLEM)

    theirs = HistGradientBoostingRegressor(
        max_iter=5,
        learning_rate=0.1,
        max_leaf_nodes=7,
        min_samples_leaf=5,
        l2_regularization=0.0,
        early_stopping=False,
    ).fit(PROBLEM.x, PROBLEM.y)
    assert fitted.predict(ROWS)[0] == pytest.approx(theirs.predict(ROWS), rel=1e-9)


def test_a_feature_of_one_value_does_no_harm():
    table = design_table()
    table["ili_day5"] = 1.0
    problem = make_problem(make_params(), to_design("0", table))

    assert np.isfinite(fit_hist_gradient_boosting(problem).predict(problem.x)).all()
