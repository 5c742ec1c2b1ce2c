"""The audit: what a split leaks, and how far the test set lies from the training set."""

from typing import Any

import numpy as np
import pandas as pd

from hw1.core.survey import Structure, column_name
from hw1.ingest.reading import Edition
from hw1.params.ingest import LEAKING, SplitParams


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
    days = _day_keys(edition.train, structure, structure.days)
    lengths = chains.groupby("chain").size()
    return {
        "train": {"rows": len(edition.train), "states": edition.train["state"].nunique()},
        "test": {
            "rows": len(edition.test),
            "states": edition.test["state"].nunique(),
            "rows_with_a_training_day": _rows_with_training_days(edition, days),
        },
        "days": structure.days,
        "signals": len(structure.signals),
        "chains": {
            "count": len(lengths),
            "shortest": int(lengths.min()),
            "longest": int(lengths.max()),
        },
        "split": _describe_split(edition.train["id"].to_numpy(), days, folds, split),
        "shift": _shift(edition),
        "extrapolation": _extrapolation(edition),
    }


def _describe_split(
    ids: np.ndarray, days: np.ndarray, folds: pd.DataFrame, split: SplitParams
) -> dict[str, Any]:
    validation = folds["role"] == "validation"
    identities = pd.factorize(days.ravel())[0].reshape(days.shape)
    seen = leaked_rows(ids, identities, folds)
    return {
        "method": split.method,
        "leaks": split.method in LEAKING,
        "folds": int(folds["fold"].nunique()),
        "train_rows": int((~validation).sum()),
        "validation_rows": int(validation.sum()),
        "unused_rows": len(ids) * int(folds["fold"].nunique()) - len(folds),
        "validation_rows_seen": seen,
        "validation_rows_seen_share": seen / int(validation.sum()),
    }


def leaked_rows(ids: np.ndarray, identities: np.ndarray, folds: pd.DataFrame) -> int:
    """Count the validation rows whose last day also stands in a training row of their fold.

    Args:
        ids: of the training file's rows, [rows].
        identities: a number for every day of every row, equal for equal days, [rows, days].
        folds: the split.
    """
    rows = pd.Index(ids).get_indexer(folds["id"])
    fitted = (folds["role"] == "train").to_numpy()
    count = 0
    for fold in sorted(folds["fold"].unique()):
        here = (folds["fold"] == fold).to_numpy()
        last_days = identities[rows[here & ~fitted], -1]
        count += int(np.isin(last_days, identities[rows[here & fitted]]).sum())
    return count


def _rows_with_training_days(edition: Edition, training_days: np.ndarray) -> int:
    """Count the test rows of which a whole visible day also stands in the training file."""
    structure = edition.structure
    known = set(training_days.ravel())
    visible = _day_keys(edition.test, structure, structure.days - 1)
    seen = np.array([key in known for key in visible.ravel()]).reshape(visible.shape)
    return int(seen.any(axis=1).sum())


def _day_keys(table: pd.DataFrame, structure: Structure, days: int) -> np.ndarray:
    """State and content of the first `days` days of every row, as bytes, [rows, days]."""
    width = len(structure.signals)
    values = table[structure.day_columns[: days * width]].to_numpy()
    blocks = np.ascontiguousarray(values).reshape(len(table) * days, width)
    states = np.repeat(table["state"].to_numpy(), days)
    keys = np.empty(len(blocks), dtype=object)
    keys[:] = [
        f"{state}:".encode() + block.tobytes() for state, block in zip(states, blocks, strict=True)
    ]
    return keys.reshape(len(table), days)


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
