"""Chains: the contiguous stretches of days that overlapping windows were cut from.

The homework's training rows are windows of D days, shifted by one day from row to row and then
shuffled. Two windows of a state follow one another if the later one's first D-1 day blocks equal
the earlier one's last D-1, so that the stretches can be put together again exactly.
"""

from collections import defaultdict

import numpy as np
import pandas as pd

from hw1.survey import Structure


def find_chains(train: pd.DataFrame, structure: Structure) -> pd.DataFrame:
    """Rebuild the chains of overlapping windows.

    Args:
        train: the training table, with `state` and all day columns; a window that overlaps no
            other is a chain of its own.
        structure: the edition's structure.

    Returns:
        Columns `chain` (int64, unique over all states, numbered by state, then by the first row
        in the file) and `position` (int64, 0-based day within the chain), aligned with `train`.
    """
    states = train["state"].to_numpy()
    following = _following_rows(train, structure)
    has_previous = np.zeros(len(train), dtype=bool)
    has_previous[following[following >= 0]] = True
    heads = np.flatnonzero(~has_previous)
    rank = {state: index for index, state in enumerate(structure.states)}
    heads = heads[np.argsort([rank[state] for state in states[heads]], kind="stable")]

    chain = np.full(len(train), -1, dtype=np.int64)
    position = np.zeros(len(train), dtype=np.int64)
    number = 0
    for start in [*heads.tolist(), *range(len(train))]:
        if chain[start] >= 0:
            continue  # only rows of a circle of equal days have no head and are met here first
        _walk(start, number, following, chain, position)
        number += 1
    return pd.DataFrame({"chain": chain, "position": position}, index=train.index)


def _following_rows(train: pd.DataFrame, structure: Structure) -> np.ndarray:
    """For every row, the row whose window starts a day later; -1 where there is none."""
    width = len(structure.signals)
    blocks = np.ascontiguousarray(train[structure.day_columns].to_numpy())
    states = train["state"].to_numpy()
    by_first_days: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    for row in reversed(range(len(blocks))):
        by_first_days[states[row], blocks[row, :-width].tobytes()].append(row)
    following = np.full(len(blocks), -1, dtype=np.int64)
    for row in range(len(blocks)):
        candidates = by_first_days.get((states[row], blocks[row, width:].tobytes()), [])
        if candidates and candidates[-1] == row:
            candidates = candidates[:-1]
        if candidates:
            following[row] = candidates[-1]
            by_first_days[states[row], blocks[row, width:].tobytes()].remove(candidates[-1])
    return following


def _walk(
    start: int, number: int, following: np.ndarray, chain: np.ndarray, position: np.ndarray
) -> None:
    row, place = start, 0
    while row >= 0 and chain[row] < 0:
        chain[row] = number
        position[row] = place
        row, place = int(following[row]), place + 1
