"""Fit one of the nine models on a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hw1.engine.epoch import Epoch
from hw1.fitted.base import Fitted
from hw1.models.kernel import fit_svr
from hw1.models.linear import fit_ard, fit_lasso, fit_persistence, fit_ridge
from hw1.models.problem import Problem
from hw1.models.trees import fit_extra_trees, fit_hist_gradient_boosting

OnEpoch = Callable[[Epoch], None]

AT_ONCE: dict[str, Callable[[Problem], Fitted]] = {
    "persistence": fit_persistence,
    "ridge": fit_ridge,
    "lasso": fit_lasso,
    "ard": fit_ard,
    "svr": fit_svr,
    "extra_trees": fit_extra_trees,
    "hist_gradient_boosting": fit_hist_gradient_boosting,
}


def fit_single(
    problem: Problem, kept_epochs: Sequence[int] | None, on_epoch: OnEpoch | None
) -> tuple[Fitted, list[int] | None]:
    """Fit the one model that the problem's parameters name.

    Args:
        problem: features and targets.
        kept_epochs: how long each member of a model fitted in epochs trains; None leaves it to the
            parameters.
        on_epoch: called after every epoch of a model fitted in epochs.

    Returns:
        The fitted model, and the epoch (from 1) whose weights each member has; None for models
        that are not fitted in epochs.

    Raises:
        DivergedError: training diverges.
    """
    if problem.params.by_gradient:
        from hw1.models.gradient import fit_by_gradient

        return fit_by_gradient(problem, kept_epochs, on_epoch)
    return AT_ONCE[problem.params.model](problem), None
