"""An edition fitted and predicted in memory, for the tests and the benchmark of what to expect."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hw1.core.layout import FINAL
from hw1.core.survey import Structure
from hw1.evaluation.breakdown import state_sums
from hw1.evaluation.errors import ErrorSums
from hw1.evaluation.validation import validate
from hw1.features.design import build_designs
from hw1.ingest.chains import find_chains
from hw1.ingest.fold_links import fold_links
from hw1.ingest.splits import split_folds
from hw1.models.design import to_design
from hw1.models.folds import fit_folds
from hw1.models.problem import target_of
from hw1.params.features import FeaturesParams
from hw1.params.ingest import SplitParams
from hw1.params.train import TrainParams
from hw1.predictor import Predictor
from hw1.simulate import SimulationConfig, simulate_edition


@dataclass(frozen=True)
class Labelled:
    """Training rows with `chain` and `position`, and test rows whose target is known."""

    structure: Structure
    train: pd.DataFrame
    test: pd.DataFrame


def simulated(config: SimulationConfig) -> Labelled:
    """A simulated edition as the ingest stage would leave it."""
    edition = simulate_edition(config)
    structure = Structure(config.states, config.signals, config.days)

    def table(states: Any, windows: Any) -> pd.DataFrame:
        days = pd.DataFrame(windows.reshape(len(windows), -1), columns=structure.day_columns)
        names = {"id": np.arange(len(windows)), "state": np.array(config.states)[states]}
        return pd.concat([pd.DataFrame(names), days], axis=1)

    train = table(edition.train_states, edition.train_windows)
    train = train.join(find_chains(train, structure))
    return Labelled(structure, train, table(edition.test_states, edition.test_windows))


def fitted_errors(data: Labelled, params: dict[str, Any]) -> tuple[ErrorSums, float]:
    """Fit with the content of params.yaml.

    Returns:
        The sums of every state over held-out rows, and the MSE of the submission.
    """
    split = SplitParams.model_validate(params["ingest"]["split"])
    train = TrainParams.model_validate(params["train"])
    folds = split_folds(data.train, data.structure.days, split)
    features = FeaturesParams.model_validate(params["features"])
    test = data.test.drop(columns=data.structure.target_column)
    links = fold_links(data.train, folds, test, data.structure)
    designs = build_designs(data.train, folds, data.structure, features, test=test, links=links)
    rows = {fold: to_design(fold, design.table) for fold, design in designs.items()}
    fits = fit_folds(train, rows, lambda _fold, _epoch: None)
    scale = target_of(train)
    predictors = {
        fold: Predictor(data.structure, ((designs[fold].fitted, fit.fitted),), scale)
        for fold, fit in fits.items()
    }
    _, held_out = state_sums(validate(data.train, folds, predictors, links).scored)
    predicted = predictors[FINAL].predict(test).mean(axis=0)
    truth = data.test[data.structure.target_column]
    return held_out, float(((predicted - truth) ** 2).mean())
