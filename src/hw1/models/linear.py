"""Linear models in closed form or by coordinate descent."""

from __future__ import annotations

import numpy as np

from hw1.fitted.base import Array
from hw1.fitted.linear import LinearFitted
from hw1.models.problem import Problem
from hw1.target import Rise, WholeDay

# enough for correlated features; scikit-learn's 1000 is not always
LASSO_ITERATIONS = 20_000
LASSO_FOLDS = 5


def fit_persistence(problem: Problem) -> LinearFitted:
    """No change from the last known day, also where changes are standardised.

    Where a rise is predicted, its share in the training rows.
    """
    width = problem.x.shape[1]
    if isinstance(problem.target, Rise):
        share = problem.y.mean()
        return LinearFitted(np.zeros((1, width)), np.array([np.log(share / (1.0 - share))]))
    if isinstance(problem.target, WholeDay):
        outputs = problem.outputs
        return LinearFitted(np.zeros((1, width, outputs)), np.zeros((1, outputs)))
    # not -mean / deviation, which would be -0.0 where they are not
    unmoved = (0.0 - problem.mean) / problem.deviation
    return LinearFitted(np.zeros((1, width)), np.array([unmoved]))


def fit_ridge(problem: Problem) -> LinearFitted:
    """L2-penalised least squares (Hoerl & Kennard 1970)."""
    from sklearn.linear_model import Ridge

    alpha = problem.params.ridge.alpha
    if alpha == 0.0:
        return _least_squares(problem)
    return _linear(Ridge(alpha=alpha, solver="cholesky").fit(problem.x, problem.y))


def _least_squares(problem: Problem) -> LinearFitted:
    """Of all best solutions the shortest: features may be sums of others."""
    centre, mean = problem.x.mean(axis=0), problem.y.mean(axis=0)
    coefficients = np.linalg.lstsq(problem.x - centre, problem.y - mean)[0]
    return LinearFitted(coefficients[None], np.array([mean - centre @ coefficients]))


def fit_lasso(problem: Problem) -> LinearFitted:
    """L1-penalised least squares (Tibshirani 1996).

    Without a given penalty, the one with the least error in cross-validation over groups of whole
    states: a random split would leak, because a state's windows overlap.
    """
    from sklearn.linear_model import Lasso, LassoCV

    alpha = problem.params.lasso.alpha
    if alpha is not None:
        return _linear(Lasso(alpha=alpha, max_iter=LASSO_ITERATIONS).fit(problem.x, problem.y))
    splits = _splits_by_state(problem.states)
    return _linear(LassoCV(cv=splits, max_iter=LASSO_ITERATIONS).fit(problem.x, problem.y))


def fit_ard(problem: Problem) -> LinearFitted:
    """Automatic relevance determination (MacKay 1992; Tipping 2001)."""
    from sklearn.linear_model import ARDRegression

    ard = problem.params.ard
    model = ARDRegression(max_iter=ard.max_iter, threshold_lambda=ard.threshold_lambda)
    return _linear(model.fit(problem.x, problem.y))


def _splits_by_state(states: Array) -> list[tuple[Array, Array]]:
    """Train and test rows of every group of states; of every stretch of rows in a single state."""
    from sklearn.model_selection import GroupKFold, KFold

    count, rows = len(set(states)), np.zeros(len(states))
    if count == 1:
        return list(KFold(2).split(rows))
    return list(GroupKFold(min(LASSO_FOLDS, count)).split(rows, groups=states))


def _linear(model: object) -> LinearFitted:
    coefficients = np.asarray(vars(model)["coef_"], dtype=np.float64)
    intercept = vars(model)["intercept_"]
    if coefficients.ndim == 2:  # scikit-learn's are [outputs, features]
        return LinearFitted(np.ascontiguousarray(coefficients.T)[None], intercept[None])
    return LinearFitted(coefficients.reshape(1, -1), np.atleast_1d(intercept))
