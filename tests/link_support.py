"""Stretches of days, cut into windows, for the tests of linked windows."""

import numpy as np
import pandas as pd

from hw1.core.survey import Structure, column_name

HABITS = ("shop", "restaurant", "large_event", "public_transit", "anxious", "depressed")
STRUCTURE = Structure(("AL", "NY"), ("cli", "ili", *HABITS, "tested_positive"), 3, "both")


def stretch(days: int, seed: int, structure: Structure = STRUCTURE) -> np.ndarray:
    """Signals in percent that move a little from day to day, [days, signals]."""
    generator = np.random.default_rng(seed)
    level = generator.uniform(30, 60, len(structure.signals))
    steps = generator.uniform(-0.5, 0.5, (days, len(structure.signals)))
    return level + np.cumsum(steps, axis=0)


def cut(days: np.ndarray, step: int, structure: Structure = STRUCTURE) -> pd.DataFrame:
    """Windows that begin every `step` days, in order, with all day columns and `position`."""
    starts = range(0, len(days) - structure.days + 1, step)
    rows = [days[start : start + structure.days].ravel() for start in starts]
    return pd.DataFrame(rows, columns=structure.day_columns).assign(position=list(starts))


def training_table(chain_days: int = 80, structure: Structure = STRUCTURE) -> pd.DataFrame:
    """One chain of overlapping windows a state, shuffled, with ids that are no row numbers."""
    chains = [
        cut(stretch(chain_days, number, structure), 1, structure).assign(chain=number, state=state)
        for number, state in enumerate(structure.states)
    ]
    table = pd.concat(chains).sample(frac=1, random_state=0).reset_index(drop=True)
    return table.assign(id=np.arange(len(table)) * 2 + 7)


def separate_windows(windows: int = 20, structure: Structure = STRUCTURE) -> pd.DataFrame:
    """Separate windows of one stretch a state, without the target."""
    parts = [
        cut(stretch(windows * structure.days, 10 + number, structure), structure.days, structure)
        .drop(columns=[column_name("tested_positive", structure.days), "position"])
        .assign(state=state)
        for number, state in enumerate(structure.states)
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(id=np.arange(len(table)))
