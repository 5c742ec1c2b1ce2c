"""A recipe from windows to held-out predictions, by the functions of the main pipeline's stages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hw1.engine.epoch import Epoch
from hw1.evaluation.validation import Validation, validate
from hw1.evaluation.whole_day import day_metrics
from hw1.features.design import Design as FeaturesDesign
from hw1.features.design import build_fold_designs
from hw1.fitted.base import Floats
from hw1.ingest.reading import Edition
from hw1.ingest.tables import Tables, make_tables
from hw1.lectures.tasks.recipe import Recipe
from hw1.models.design import to_design
from hw1.models.folds import fit_folds
from hw1.models.problem import target_of
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.predictor import Predictor


@dataclass(frozen=True)
class Ran:
    """A recipe that has been run.

    Attributes:
        recipe: which.
        tables: the windows and the folds.
        predictors: what was fitted, by fold.
        validation: the held-out rows, predicted.
    """

    recipe: Recipe
    tables: Tables
    predictors: dict[str, Predictor]
    validation: Validation


class Ground:
    """An edition, split once; every choice of features is built once.

    Args:
        edition: the data.
        ingest: section `ingest:`, of all recipes alike.

    Raises:
        DataError: chains are so short that a fold has no rows.
    """

    def __init__(self, edition: Edition, ingest: IngestParams) -> None:
        self.tables = make_tables(edition, ingest)
        self._kept: dict[str, dict[str, FeaturesDesign]] = {}

    def run(self, recipe: Recipe) -> Ran:
        """Fit every fold and predict the rows that it holds out.

        Raises:
            Hw1Error: training diverges, or the recipe does not fit the survey.
        """
        tables, built = self.tables, self._built(recipe.features)
        designs = {fold: to_design(fold, design.table) for fold, design in built.items()}
        # no test row is predicted here, so that nothing is fitted on all rows
        train = recipe.train.model_copy(update={"refit": False})
        fits = fit_folds(train, designs, _ignore)
        day = next(iter(designs.values())).train.day
        target = target_of(train, () if day is None else day.signals)
        predictors = {
            fold: Predictor(tables.structure, ((built[fold].fitted, fit.fitted),), target)
            for fold, fit in fits.items()
        }
        return Ran(recipe, tables, predictors, validate(tables.train, tables.folds, predictors))

    def _built(self, features: FeaturesParams) -> dict[str, FeaturesDesign]:
        key = features.model_dump_json()
        if key not in self._kept:
            tables = self.tables
            self._kept[key] = build_fold_designs(
                tables.train, tables.folds, tables.structure, features, tables.links
            )
        return self._kept[key]


def _ignore(fold: str, epoch: Epoch) -> None:
    """Nobody watches the training."""


def skills_of_members(ran: Ran) -> list[dict[str, float]]:
    """Every single member's skill by signal, for the task `structured`.

    Returns:
        One dict a member; signals without an error of persistence are left out.
    """
    folds, by_id = ran.tables.folds, ran.tables.train.set_index("id", drop=False)
    days, windows, weights = [], [], []
    for fold, rows in folds[folds["role"] == "validation"].groupby("fold", sort=True):
        own = by_id.loc[rows["id"]]
        days.append(ran.predictors[str(fold)].predict_day(own))
        windows.append(own)
        weights.append(rows["weight"].to_numpy(np.float64))
    held_out, weight = pd.concat(windows), np.concatenate(weights)
    members: Floats = np.concatenate(days, axis=1)
    return [_skills(held_out, day, ran, weight) for day in members]


def _skills(windows: pd.DataFrame, day: Floats, ran: Ran, weight: Floats) -> dict[str, float]:
    signals = day_metrics(windows, day, ran.tables.structure, weight)["signals"]
    return {name: each["skill"] for name, each in signals.items() if "skill" in each}
