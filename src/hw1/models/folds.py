"""Fit every fold, and the final model on all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from hw1.core.errors import DataError
from hw1.core.layout import FINAL
from hw1.engine.epoch import Epoch
from hw1.fitted.base import Fitted
from hw1.fitted.blend import BlendFitted
from hw1.models.design import Design
from hw1.models.fold import FoldFit, fit_fold, judge_fold
from hw1.params.train import TrainParams

OnEpoch = Callable[[str, Epoch], None]


def fit_folds(
    params: TrainParams, designs: Mapping[str, Design], on_epoch: OnEpoch
) -> dict[str, FoldFit]:
    """Fit the model on every fold, then on all rows if `params.refit` says so.

    With early stopping the final model has no validation rows to stop by: each of its members
    trains for the mean of the epochs that the folds' members of the same seed have kept. Without
    it, folds that train on the same rows share one fit: the `blocks` split has several folds that
    differ only in the rows that they hold out.

    Args:
        params: section `train:`.
        designs: by fold, in the order in which they are fitted; "final" has all rows.
        on_epoch: called with the fold's name after every epoch.

    Returns:
        Fits by fold, "final" last; without "final" where there is no refit.

    Raises:
        DataError: there is nothing to fit.
        DivergedError: training diverges.
    """
    wanted = planned_folds(params, designs)
    fits: dict[str, FoldFit] = {}
    early = params.early_stopping.patience is not None and params.by_gradient
    for fold in wanted:
        twin = None if early else _trained_alike(designs[fold], designs, fits)
        if twin is not None:
            fits[fold] = judge_fold(params, designs[fold], fits[twin])
            continue
        kept = _mean_epochs(list(fits.values())) if fold == FINAL and early else None
        fits[fold] = fit_fold(params, designs[fold], kept, partial(on_epoch, fold))
    return fits


def _trained_alike(
    design: Design, designs: Mapping[str, Design], fits: Mapping[str, FoldFit]
) -> str | None:
    """A fitted fold that has the very same training rows."""
    return next((fold for fold in fits if designs[fold].train.equals(design.train)), None)


def planned_folds(params: TrainParams, designs: Mapping[str, Design]) -> list[str]:
    """Names of the folds that will be fitted, in order.

    Raises:
        DataError: there are none, or a refit is wanted and there is no design for it.
    """
    folds = [fold for fold in designs if fold != FINAL]
    if params.refit and FINAL not in designs:
        raise DataError(f"the design of fold {FINAL} is missing; `dvc repro features` makes it")
    if not folds:
        raise DataError("there is no fold with validation rows; `dvc repro ingest` makes folds")
    return [*folds, FINAL] if params.refit else folds


def planned_epochs(params: TrainParams) -> int:
    """Epochs of one fit, if nothing stops it early."""
    return params.epochs if params.by_gradient else 1


def _mean_epochs(fits: Sequence[FoldFit]) -> list[int]:
    kept = np.array([fit.kept_epochs for fit in fits], dtype=np.float64)
    # halves go up; rint would send them to the even neighbour
    return [int(epochs) for epochs in np.floor(kept.mean(axis=0) + 0.5)]


def summarise(fits: Mapping[str, FoldFit], designs: Mapping[str, Design]) -> dict[str, Any]:
    """Metrics of training: errors of every fold's ensemble in squared percentage points.

    Returns:
        "folds": errors (and the mean of the members' kept epochs) by fold; "train_mse": mean over
        folds; "valid_mse": over all folds' validation rows by weight; "members"; "parameters":
        numbers that one member of the last fit holds.
    """
    folds = {fold: fit for fold, fit in fits.items() if fold != FINAL}
    weights = [_validation_weight(designs[fold]) for fold in folds]
    errors = [fit.validation_mse or 0.0 for fit in folds.values()]
    fitted = list(fits.values())[-1].fitted
    summary: dict[str, Any] = {
        "folds": {fold: _described(fit) for fold, fit in fits.items()},
        "train_mse": float(np.mean([fit.train_mse for fit in folds.values()])),
        "members": fitted.members,
        "parameters": _size_of_member(fitted),
    }
    if sum(weights) > 0.0:
        summary["valid_mse"] = float(np.average(errors, weights=weights))
    return summary


def _size_of_member(fitted: Fitted) -> int:
    """Numbers that a member consists of; in a blend its models have members of their own."""
    models = fitted.models if isinstance(fitted, BlendFitted) else (fitted,)
    sizes = [sum(array.size for array in model.arrays().values()) for model in models]
    return sum(size // model.members for size, model in zip(sizes, models, strict=True))


def _described(fit: FoldFit) -> dict[str, float]:
    described = {"train_mse": fit.train_mse}
    if fit.validation_mse is not None:
        described["valid_mse"] = fit.validation_mse
    if fit.kept_epochs is not None:
        described["best_epoch"] = float(np.mean(fit.kept_epochs))
    return described


def _validation_weight(design: Design) -> float:
    return 0.0 if design.validation is None else float(design.validation.weight.sum())
