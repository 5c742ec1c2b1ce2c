from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from hw1.core.survey import Structure
from hw1.evaluation.validation import Validation, validate
from hw1.features.columns import Feature
from hw1.features.map import FeatureMap
from hw1.fitted.linear import LinearFitted
from hw1.predictor import Predictor
from hw1.target import TargetScale

STRUCTURE = Structure(("AL", "NY", "WA"), ("cli", "tested_positive"), 2)
FEATURES = FeatureMap((Feature("cli_day2", "cli_day2"),), "none", (0.0,), (1.0,), None, ())


@pytest.fixture
def train() -> pd.DataFrame:
    """Six rows; the day before shows 10, 20, ..., and the target is `cli` higher."""
    known = np.arange(10.0, 70.0, 10.0)
    cli = np.array([1.0, -2.0, 3.0, 0.5, 1.0, 2.0])
    return pd.DataFrame(
        {
            "id": [5, 4, 3, 2, 1, 0],
            "state": ["AL", "AL", "NY", "NY", "WA", "WA"],
            "cli_day1": 0.0,
            "tested_positive_day1": known,
            "cli_day2": cli,
            "tested_positive_day2": known + cli,
        }
    )


@pytest.fixture
def folds() -> pd.DataFrame:
    """Fold 0 holds out ids 5, 3 and 1, the last of which counts three times; fold 1 id 4."""
    return pd.DataFrame(
        {
            "fold": [0, 0, 0, 0, 1, 1],
            "id": [5, 4, 3, 1, 4, 0],
            "role": ["validation", "train", "validation", "validation", "validation", "train"],
            "weight": [1.0, 1.0, 1.0, 3.0, 0.5, 1.0],
        }
    )


@pytest.fixture
def predictors() -> dict[str, Predictor]:
    """Fold 0: members add 0 and 2 cli. Fold 1: both add nothing."""

    def predictor(*coefficients: float) -> Predictor:
        model = LinearFitted(np.array(coefficients)[:, None], np.zeros(len(coefficients)))
        return Predictor(STRUCTURE, ((FEATURES, model),), TargetScale("change", "none"))

    return {"0": predictor(0.0, 2.0), "1": predictor(0.0, 0.0)}


@pytest.fixture
def validation(
    train: pd.DataFrame,
    folds: pd.DataFrame,
    predictors: Mapping[str, Predictor],
) -> Validation:
    return validate(train, folds, predictors)
