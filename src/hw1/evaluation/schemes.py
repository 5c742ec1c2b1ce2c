"""Other ways to estimate the same variant's error, side by side.

The configured split says one number. What other splits would have said shows how far that number
can be believed: a random split is optimistic by what leaks, `forward` asks what the test set asks,
`prevalence` asks what a model does above every level that it has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hw1.core.errors import DataError, DivergedError
from hw1.core.survey import Structure
from hw1.evaluation.errors import pooled_errors
from hw1.evaluation.labels import leaks
from hw1.evaluation.scored import scored_table
from hw1.features.design import build_fold_designs
from hw1.ingest.audit import leaked_rows
from hw1.ingest.fold_links import fold_links
from hw1.ingest.splits import split_folds
from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.models.problem import make_problem
from hw1.params.evaluate import GateParams
from hw1.params.features import FeaturesParams
from hw1.params.ingest import SplitMethod, SplitParams
from hw1.params.train import TrainParams

SMALLEST_ERROR = 1e-12


@dataclass(frozen=True)
class Recipe:
    """All that makes a variant's models, so that other splits can fit them too.

    Attributes:
        windows: the training table: id, state, chain, position and all day columns, percent.
        structure: names of states, signals and days.
        split: the configured split; its method is replaced.
        features: section `features:`.
        train: section `train:`.
    """

    windows: pd.DataFrame
    structure: Structure
    split: SplitParams
    features: FeaturesParams
    train: TrainParams


@dataclass(frozen=True)
class Scheme:
    """A variant's held-out rows by one split.

    Attributes:
        scored: its held-out rows, predicted; see `scored_table`.
        seen_share: the share of them whose last day also stands in a training row.
    """

    scored: pd.DataFrame
    seen_share: float


def compare_schemes(
    recipe: Recipe, folds: pd.DataFrame, scored: pd.DataFrame, methods: Sequence[SplitMethod]
) -> dict[SplitMethod, Scheme]:
    """Score a recipe by several splits.

    Args:
        recipe: what is fitted.
        folds: the configured split, which is not fitted again.
        scored: its held-out rows, predicted.
        methods: the splits wanted; the configured one is always among the results.

    Raises:
        Hw1Error: a fold has no rows, or (`DivergedError`) training diverges.
    """
    configured, days = recipe.split.method, recipe.structure.days
    if configured == "blocks":  # the same rows as where another split is configured
        folds, scored = (_first_offset(table, days) for table in (folds, scored))
    schemes = {configured: Scheme(scored, _seen_share(folds, recipe))}
    for method in methods:
        if method != configured:
            try:
                schemes[method] = score_by(method, recipe)
            except DataError as problem:
                raise DataError(f"`evaluate.schemes`, {method}: {problem}") from None
    return schemes


def score_by(method: SplitMethod, recipe: Recipe, **changes: Any) -> Scheme:
    """Fit and score a recipe on another split.

    Of the folds of `blocks`, which differ in where the first held-out window begins, only the first
    of every block is fitted: enough to compare by.

    Args:
        method: how rows are held out.
        recipe: what is fitted.
        changes: further changes of the split's parameters.

    Raises:
        Hw1Error: a fold has no rows, or (`DivergedError`) training diverges.
    """
    split = recipe.split.model_copy(update={"method": method, **changes})
    days = recipe.structure.days
    level = recipe.windows[recipe.structure.known_column]
    folds = split_folds(recipe.windows.assign(level=level), days, split)
    if method == "blocks":
        folds = _first_offset(folds, days)
    nothing = recipe.windows.iloc[:0]  # no test rows are looked at
    links = fold_links(recipe.windows, folds, nothing, recipe.structure)
    features = recipe.features
    if leaks(method):
        # a pair of a neighbouring window is the very row that is held out, target and all: that
        # would be a leak of ours, not the one that this split has for everybody
        features = features.model_copy(update={"pairs": "last"})
    designs = build_fold_designs(recipe.windows, folds, recipe.structure, features, links)
    by_fold = {str(fold): rows for fold, rows in folds.groupby("fold")}
    try:
        tables = [
            _scored(fold, design.table, by_fold[fold], recipe) for fold, design in designs.items()
        ]
    except DivergedError as problem:
        raise problem.within(f"split `{method}`") from None
    return Scheme(pd.concat(tables, ignore_index=True), _seen_share(folds, recipe))


def _first_offset(rows: pd.DataFrame, days: int) -> pd.DataFrame:
    """Of the folds of `blocks` the first of every block, whose rows all count the same."""
    return rows[rows["fold"] % days == 0].assign(weight=1.0)


def _scored(fold: str, table: pd.DataFrame, rows: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    """A fold's held-out rows, predicted by the mean of the ensemble that it trains."""
    design = to_design(fold, table)
    fit = fit_fold(recipe.train, design)
    assert design.validation is not None
    target = make_problem(recipe.train, design).target
    outputs = fit.fitted.predict(design.validation.x)
    predicted = target.decode(outputs, design.validation.known).mean(axis=0)
    by_id = recipe.windows.set_index("id", drop=False)
    held_out, learnt = (rows[rows["role"] == role] for role in ("validation", "train"))
    return scored_table(
        by_id.loc[held_out["id"]],
        held_out,
        by_id.loc[learnt["id"]],
        (recipe.structure, target),
        predicted,
    )


def _seen_share(folds: pd.DataFrame, recipe: Recipe) -> float:
    """Share of held-out rows whose last day also stands in a training row of their fold."""
    windows = recipe.windows
    first = windows["chain"].to_numpy() * 10**6 + windows["position"].to_numpy()
    identities = first[:, None] + np.arange(recipe.structure.days)
    held_out = int((folds["role"] == "validation").sum())
    return leaked_rows(windows["id"].to_numpy(), identities, folds) / held_out


def extrapolation(recipe: Recipe, params: GateParams) -> dict[str, Any]:
    """Whether a model can go beyond the levels that it has seen.

    The highest levels are held out. A model that cannot leave the range of its training targets is
    wrong there by a multiple of persistence; one that predicts changes is not.

    Args:
        recipe: what is fitted.
        params: the share of rows held out, and how many times persistence's MSE is tolerated.

    Returns:
        `verdict` (passes or fails; unknown where no rows of other levels are left to train on),
        the MSE, persistence's, and their `ratio`, with what was asked.
    """
    asked = {"fraction": params.fraction, "tolerance": params.tolerance}
    try:
        scheme = score_by("prevalence", recipe, fraction=params.fraction)
    except DataError:
        return {"verdict": "unknown", **asked}
    rows = scheme.scored
    errors = pooled_errors(rows["target"], rows["predicted"], rows["known"])
    ratio = errors["mse"] / max(errors["persistence_mse"], SMALLEST_ERROR)
    return {
        "verdict": "passes" if ratio <= params.tolerance else "fails",
        "mse": errors["mse"],
        "persistence_mse": errors["persistence_mse"],
        "ratio": ratio,
        "rows": len(rows),
        **asked,
    }
