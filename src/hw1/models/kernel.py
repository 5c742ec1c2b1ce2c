"""Support vector regression."""

from __future__ import annotations

import numpy as np

from hw1.fitted.kernel import KernelFitted
from hw1.models.problem import Problem


def fit_svr(problem: Problem) -> KernelFitted:
    """Support vector regression with a Gaussian kernel (Drucker et al. 1996)."""
    from sklearn.svm import SVR

    svr = problem.params.svr
    gamma = _width(svr.gamma, problem)
    model = SVR(C=svr.c, epsilon=svr.epsilon, gamma=gamma).fit(problem.x, problem.y)
    return KernelFitted(
        vectors=np.asarray(model.support_vectors_, dtype=np.float64),
        duals=np.asarray(model.dual_coef_[0], dtype=np.float64),
        gamma=gamma,
        intercept=float(model.intercept_[0]),
    )


def _width(gamma: float | str, problem: Problem) -> float:
    """The kernel's gamma; "scale" and "auto" mean what they mean in scikit-learn."""
    if isinstance(gamma, float):
        return gamma
    features: int = problem.x.shape[1]
    variance = float(problem.x.var())
    return 1.0 / (features * variance) if gamma == "scale" and variance else 1.0 / features
