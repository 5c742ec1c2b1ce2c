"""How much each candidate says about the target, by several measures.

All take standardised candidates [rows, candidates] (constant ones are 0 everywhere) and a
standardised target [rows], and return one score of at least 0 a candidate.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from hw1.transforms import Floats

MAX_CROSS_VALIDATION_FOLDS = 5
RIDGE_PENALTY = 1.0
NEIGHBOURS = 3


def correlation(values: Floats, target: Floats) -> Floats:
    """Absolute Pearson correlation, in [0, 1]."""
    # Summed row by row, not by a matrix product, whose rounding differs between machines.
    products: Floats = (values * target[:, np.newaxis]).mean(axis=0)
    return np.minimum(np.abs(products), 1.0)


def f_statistic(values: Floats, target: Floats) -> Floats:
    """F statistic of a straight line through each candidate alone, [0, largest float].

    F = r^2 / (1 - r^2) * (rows - 2), as in scikit-learn's `f_regression`.
    """
    explained = correlation(values, target) ** 2
    freedom = max(len(values) - 2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = explained / (1.0 - explained) * freedom
    return np.nan_to_num(statistic, nan=0.0)


def mutual_information(
    values: Floats, target: Floats, discrete: npt.NDArray[np.bool_], seed: int
) -> Floats:
    """Mutual information in nats, by 3 nearest neighbours.

    Kraskov, Stoegbauer & Grassberger, "Estimating mutual information", Physical Review E
    69, 2004; Ross, PLoS ONE 9(2), 2014, for discrete candidates.

    Args:
        values: candidates.
        target: what they are measured against.
        discrete: [candidates], true for 0/1 columns.
        seed: seeds the tiny noise that breaks ties between equal values.
    """
    from sklearn.feature_selection import mutual_info_regression

    scores: Floats = mutual_info_regression(
        values,
        target,
        discrete_features=discrete,
        n_neighbors=min(NEIGHBOURS, len(values) - 1),
        random_state=seed,
    )
    return np.where(values.any(axis=0), scores, 0.0)


def lasso_entry(values: Floats, target: Floats) -> Floats:
    """Largest L1 penalty under which a candidate enters the lasso; 0: it never does.

    Efron, Hastie, Johnstone & Tibshirani, "Least angle regression", Annals of Statistics
    32, 2004. The first to enter scores its absolute correlation, the later ones what they
    add to those before them.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import lars_path

    varying = np.flatnonzero(values.any(axis=0))
    scores = np.zeros(values.shape[1])
    if varying.size == 0 or not target.any():
        return scores
    with warnings.catch_warnings():
        # Collinear candidates are dropped on the way, which is what is wanted of them.
        warnings.simplefilter("ignore", ConvergenceWarning)
        penalties, _, path = lars_path(values[:, varying], target, method="lasso")
    entered = path.any(axis=1)
    # A coefficient is first seen one knot after the penalty at which it left zero.
    first_knot = np.argmax(path != 0, axis=1)
    scores[varying[entered]] = penalties[np.maximum(first_knot[entered] - 1, 0)]
    return scores


def lasso_weight(values: Floats, target: Floats, groups: npt.NDArray[Any]) -> Floats:
    """Absolute lasso coefficient, at the penalty chosen by cross-validation over groups.

    Whole states are held out: windows of one state overlap, and rows held out at random
    would be predicted from their own neighbours, under too small a penalty.

    Args:
        values: candidates.
        target: what they are measured against.
        groups: [rows], the state of every row.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LassoCV
    from sklearn.model_selection import GroupKFold, KFold

    if not target.any():
        return np.zeros(values.shape[1])
    groups_found = len(set(groups))
    by_group = groups_found > 1
    folds = min(MAX_CROSS_VALIDATION_FOLDS, groups_found if by_group else len(values))
    splits = (
        GroupKFold(folds).split(values, groups=groups) if by_group else KFold(folds).split(values)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LassoCV(cv=list(splits), max_iter=10_000, random_state=0).fit(values, target)
    return np.abs(np.asarray(model.coef_, dtype=np.float64))


def recursive_elimination(values: Floats, target: Floats, keep: int) -> Floats:
    """Absolute coefficients of the ridge regression that is left; 0: eliminated.

    Guyon, Weston, Barnhill & Vapnik, "Gene selection for cancer classification using
    support vector machines", Machine Learning 46, 2002: fit, drop the candidate with the
    smallest coefficient, fit again, until `keep` are left. Of equal ones the last goes.
    """
    gram = values.T @ values
    moment = values.T @ target
    left = np.arange(values.shape[1])
    while True:
        penalty = RIDGE_PENALTY * np.eye(len(left))
        weights = np.abs(np.linalg.solve(gram[np.ix_(left, left)] + penalty, moment[left]))
        if len(left) <= keep:
            break
        smallest = len(left) - 1 - int(np.argmin(weights[::-1]))
        left = np.delete(left, smallest)
    scores = np.zeros(values.shape[1])
    scores[left] = weights
    return scores
