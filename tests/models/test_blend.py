from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import ARDRegression, LassoCV
from sklearn.model_selection import GroupKFold
from train_support import design_table, make_params

from hw1.engine.epoch import Epoch
from hw1.models.blend import fit_blend, links_of
from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.models.problem import make_problem

DESIGN = to_design("0", design_table(240))
FINAL = to_design("final", design_table(240, validation=False))
NEW = np.random.default_rng(5).normal(size=(30, 3))


def params(*chains, **changes):
    return make_params(model="blend", blend=[list(chain) for chain in chains], **changes)


def member_errors(fit):
    """Every member's validation error of a fold, squared percentage points."""
    problem, validation = make_problem(make_params(), DESIGN), DESIGN.validation
    predicted = problem.target.decode(fit.fitted.predict(validation.x), validation.known)
    return validation.errors(predicted)


def test_trees_on_what_a_lasso_leaves_are_those_of_scikit_learn():
    problem = make_problem(params(["ard"], ["lasso", "extra_trees"], seed=3, seeds=2), DESIGN)
    x, y = problem.x, problem.y
    ard = ARDRegression(max_iter=300, threshold_lambda=1e4).fit(x, y).predict(NEW)
    lasso = LassoCV(cv=list(GroupKFold(4).split(x, groups=problem.states))).fit(x, y)

    fitted, epochs = fit_blend(problem, None, None)

    assert epochs is None
    outputs = fitted.predict(NEW)
    assert len(outputs) == 2
    for member, seed in enumerate((3, 4)):
        trees = ExtraTreesRegressor(
            n_estimators=5, min_samples_leaf=5, max_features=0.5, random_state=seed
        ).fit(x, y - lasso.predict(x))
        expected = (ard + lasso.predict(NEW) + trees.predict(NEW)) / 2
        assert outputs[member] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("standardise", [True, False])
def test_a_network_learns_what_a_lasso_leaves(standardise):
    given = params(["lasso", "mlp"], seeds=2, target_standardise=standardise)
    problem = make_problem(given, DESIGN)
    lasso = fit_fold(make_params(model="lasso", target_standardise=standardise), DESIGN).fitted
    train = DESIGN.train
    scaled = (lasso.predict(train.x)[0] - problem.mean) / problem.deviation
    # a design whose target is the residual
    left = replace(train, target=train.known + problem.y - scaled)
    alone = fit_fold(
        make_params(model="mlp", seeds=2, target_standardise=False), replace(DESIGN, train=left)
    ).fitted

    blend = fit_fold(given, DESIGN).fitted

    expected = lasso.predict(NEW) + alone.predict(NEW) * problem.deviation
    assert blend.predict(NEW) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_mean_over_members_is_what_the_next_model_builds_on():
    problem = make_problem(params(["extra_trees", "ard"], seeds=3), DESIGN)
    trees = fit_fold(make_params(model="extra_trees", seeds=3, target_standardise=True), DESIGN)
    base = (trees.fitted.predict(problem.x).mean(axis=0) - problem.mean) / problem.deviation
    ard = ARDRegression(max_iter=300, threshold_lambda=1e4).fit(problem.x, problem.y - base)

    fitted, _ = fit_blend(problem, None, None)

    assert fitted.models[1].predict(NEW)[0] == pytest.approx(ard.predict(NEW), rel=1e-6, abs=1e-9)


def test_what_chains_begin_with_is_fitted_once():
    chains = [["lasso"], ["lasso", "ard"], ["lasso", "ard", "svr"], ["ard"], ["lasso"]]

    fitted, _ = fit_blend(make_problem(params(*chains), DESIGN), None, None)

    assert links_of(chains) == [
        ("lasso",),
        ("lasso", "ard"),
        ("lasso", "ard", "svr"),
        ("ard",),
    ]
    assert len(fitted.models) == 4
    assert fitted.chains == ((0,), (0, 1), (0, 1, 2), (3,), (0,))


@pytest.mark.parametrize("patience", [None, 3])
def test_the_curve_of_a_residual_network_ends_at_the_chains_own_error(patience):
    seen: list[Epoch] = []
    given = params(["lasso", "mlp"], seeds=2, epochs=40, early_stopping={"patience": patience})

    fit = fit_fold(given, DESIGN, on_epoch=seen.append)

    errors = member_errors(fit)
    assert seen[-1].last
    assert seen[-1].validation_mse == pytest.approx(errors.mean(), rel=1e-5)
    # it begins near the lasso's error, far from that of an untrained network
    lasso = fit_fold(make_params(model="lasso"), DESIGN).validation_mse
    assert seen[0].validation_mse == pytest.approx(lasso, rel=0.5)
    alone = []
    fit_fold(make_params(model="mlp", seeds=2, epochs=1), DESIGN, on_epoch=alone.append)
    assert seen[0].validation_mse < 0.5 * alone[0].validation_mse


def test_only_the_last_network_of_a_blend_is_reported():
    seen: list[Epoch] = []

    fit = fit_fold(
        params(["mlp"], ["lasso", "linear"], ["ard"], seeds=2), DESIGN, on_epoch=seen.append
    )

    assert [epoch.number for epoch in seen] == [1, 2, 3, 4]
    chain = fit_fold(params(["lasso", "linear"], seeds=2), DESIGN)
    assert seen[-1].validation_mse == pytest.approx(member_errors(chain).mean(), rel=1e-5)
    assert fit.kept_epochs == [4] * 4


def test_kept_epochs_reach_the_network_that_they_belong_to():
    given = params(["linear"], ["lasso", "mlp"], seeds=2, epochs=50)

    fit = fit_fold(given, FINAL, kept_epochs=[1, 2, 3, 4])

    assert fit.kept_epochs == [1, 2, 3, 4]
    linear = fit_fold(params(["linear"], seeds=2, epochs=50), FINAL, kept_epochs=[1, 2])
    for name, array in linear.fitted.arrays().items():
        assert np.array_equal(array, fit.fitted.arrays()[name])


def test_persistence_in_a_blend_draws_towards_no_change():
    ridge = fit_fold(make_params(model="ridge"), DESIGN).fitted.predict(NEW)

    half = fit_fold(params(["persistence"], ["ridge"]), DESIGN).fitted.predict(NEW)

    assert half == pytest.approx(ridge / 2, abs=1e-12)
