"""The audit: what a split leaks, and how far the test set lies from the training set."""

from typing import Any

import numpy as np
import pandas as pd

from hw1.ingest.reading import Edition
from hw1.params.ingest import LEAKING, SplitParams
from hw1.survey import Structure, column_name


def audit(
    edition: Edition, chains: pd.DataFrame, folds: pd.DataFrame, split: SplitParams
) -> dict[str, Any]:
    """Describe an edition and its split in numbers that can be compared between variants.

    Args:
        edition: the tables as read.
        chains: `chain` and `position` of every training row, as `find_chains` returns them.
        folds: the split, as `split_folds` returns it.
        split: the split's parameters.

    Returns:
        Groups of numbers: `train`, `test`, `chains`, `split`, `shift` and `extrapolation`.
        Levels are in percent, shifts in training standard deviations.
    """
    structure = edition.structure
    lengths = chains.groupby("chain").size()
    return {
        "train": {"rows": len(edition.train), "states": edition.train["state"].nunique()},
        "test": {
            "rows": len(edition.test),
            "states": edition.test["state"].nunique(),
            "rows_with_a_training_day": _rows_with_training_days(edition),
        },
        "days": structure.days,
        "signals": len(structure.signals),
        "chains": {
            "count": len(lengths),
            "shortest": int(lengths.min()),
            "longest": int(lengths.max()),
        },
        "split": _describe_split(edition.train, chains, folds, split, structure.days),
        "shift": _shift(edition),
        "extrapolation": _extrapolation(edition),
    }


def _describe_split(
    train: pd.DataFrame, chains: pd.DataFrame, folds: pd.DataFrame, split: SplitParams, days: int
) -> dict[str, Any]:
    validation = folds["role"] == "validation"
    seen = leaked_rows(train, chains, folds, days)
    return {
        "method": split.method,
        "leaks": split.method in LEAKING,
        "folds": int(folds["fold"].nunique()),
        "train_rows": int((~validation).sum()),
        "validation_rows": int(validation.sum()),
        "validation_rows_seen": seen,
        "validation_rows_seen_share": seen / int(validation.sum()),
    }


def leaked_rows(train: pd.DataFrame, chains: pd.DataFrame, folds: pd.DataFrame, days: int) -> int:
    """Count the validation rows whose last day also stands in a training row of their fold."""
    rows = folds.merge(pd.concat([train[["id"]], chains], axis=1), on="id")
    span = int(chains["position"].max()) + days
    last_day = rows["chain"].to_numpy() * span + rows["position"].to_numpy() + days - 1
    fitted = (rows["role"] == "train").to_numpy()
    count = 0
    for fold in sorted(rows["fold"].unique()):
        here = (rows["fold"] == fold).to_numpy()
        seen = last_day[here & fitted][:, None] - np.arange(days)
        count += int(np.isin(last_day[here & ~fitted], seen).sum())
    return count


def _rows_with_training_days(edition: Edition) -> int:
    """Count the test rows of which a whole visible day also stands in the training file."""
    structure = edition.structure
    known = {
        (state, block)
        for day in range(1, structure.days + 1)
        for state, block in _day_blocks(edition.train, structure, day)
    }
    found = np.zeros(len(edition.test), dtype=bool)
    for day in range(1, structure.days):
        found |= [key in known for key in _day_blocks(edition.test, structure, day)]
    return int(found.sum())


def _day_blocks(table: pd.DataFrame, structure: Structure, day: int) -> list[tuple[str, bytes]]:
    width = len(structure.signals)
    columns = structure.day_columns[(day - 1) * width : day * width]
    blocks = np.ascontiguousarray(table[columns].to_numpy())
    return [(state, block.tobytes()) for state, block in zip(table["state"], blocks, strict=True)]


def _shift(edition: Edition) -> dict[str, Any]:
    """Move of each signal's mean on the last day that a test row shows in full."""
    structure = edition.structure
    day = structure.days - 1
    shifts = {}
    for signal in structure.signals:
        column = column_name(signal, day)
        train, test = edition.train[column], edition.test[column]
        deviation = float(train.std(ddof=0)) or 1.0
        shifts[signal] = float(test.mean() - train.mean()) / deviation
    known = structure.known_column
    return {
        "day": day,
        "level_train": float(edition.train[known].mean()),
        "level_test": float(edition.test[known].mean()),
        "in_deviations": shifts,
    }


def _extrapolation(edition: Edition) -> dict[str, float]:
    """Whether test levels leave the range of targets that a model has seen."""
    target = edition.train[edition.structure.target_column]
    known = edition.test[edition.structure.known_column]
    return {
        "target_lowest": float(target.min()),
        "target_highest": float(target.max()),
        "test_level_lowest": float(known.min()),
        "test_level_highest": float(known.max()),
        "test_rows_above_share": float((known > target.max()).mean()),
        "test_rows_below_share": float((known < target.min()).mean()),
    }
