from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hw1.core.survey import Structure
from hw1.params.features import FeaturesParams


@pytest.fixture
def structure() -> Structure:
    return Structure(("AL", "NY"), ("cli", "shop", "tested_positive"), 3)


@pytest.fixture
def make_params() -> Callable[..., FeaturesParams]:
    def make(**changes: object) -> FeaturesParams:
        settings = {
            "transform": "none",
            "days": 1,
            "differences": 1,
            "last_day": True,
            "linked_days": 1,
            "states": False,
            "pairs": "last",
            "standardise": True,
            "clip": None,
            "selection": "all",
            "names": ["*"],
            "k": None,
            "threshold": None,
            "score_target": "change",
            "seed": 0,
        }
        return FeaturesParams(**{**settings, **changes})

    return make


@pytest.fixture
def make_windows() -> Callable[..., pd.DataFrame]:
    """Windows whose positivity follows today's `cli` and its change, with a little noise."""

    def make(structure: Structure, rows: int = 60, seed: int = 0) -> pd.DataFrame:
        generator = np.random.default_rng(seed)
        table = pd.DataFrame(
            generator.uniform(5, 40, (rows, len(structure.day_columns))),
            columns=structure.day_columns,
        )
        days = structure.days
        table[structure.target_column] = (
            table[structure.known_column]
            + 0.3 * table[f"cli_day{days}"]
            - 0.2 * table[f"cli_day{days - 1}"]
            + generator.normal(0, 0.5, rows)
        )
        table.insert(0, "id", np.arange(rows))
        table.insert(
            1, "state", np.array(structure.states)[np.arange(rows) % len(structure.states)]
        )
        return table

    return make
