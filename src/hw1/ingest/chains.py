"""Chains: the contiguous stretches of days that overlapping windows were cut from.

The homework's training rows are windows of D days, shifted by one day from row to row and then
shuffled. Two windows of a state follow one another if the later one's first days equal the earlier
one's last days, so that the stretches can be put together again exactly. Windows that share fewer
than D-1 days are linked too: where a window is missing from the file, its neighbours still overlap.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from hw1.core.survey import Structure


def find_chains(train: pd.DataFrame, structure: Structure) -> pd.DataFrame:
    """Rebuild the chains of overlapping windows.

    Args:
        train: the training table, with `state` and all day columns; a window that overlaps no
            other is a chain of its own.
        structure: the edition's structure.

    Returns:
        Columns `chain` (int64, unique over all states, numbered by state, then by the first row
        in the file) and `position` (int64, the window's first day counted from the chain's, so
        that a missing window leaves a gap), aligned with `train`.
    """
    links = _Links(len(train))
    states = train["state"].to_numpy()
    blocks = np.ascontiguousarray(train[structure.day_columns].to_numpy())
    for shift in range(1, structure.days):
        _link(states, blocks, shift * len(structure.signals), shift, links)
    rank = {state: index for index, state in enumerate(structure.states)}
    heads = np.flatnonzero(~links.has_previous)
    heads = heads[np.argsort([rank[state] for state in states[heads]], kind="stable")]

    chain = np.empty(len(train), dtype=np.int64)
    position = np.empty(len(train), dtype=np.int64)
    for number, head in enumerate(heads.tolist()):
        for row, day in links.walk(head):
            chain[row], position[row] = number, day
    return pd.DataFrame({"chain": chain, "position": position}, index=train.index)


class _Links:
    """Which row follows which, and how many days later; never a circle."""

    def __init__(self, rows: int) -> None:
        self.following = np.full(rows, -1, dtype=np.int64)
        self.has_previous = np.zeros(rows, dtype=bool)
        self._days_later = np.zeros(rows, dtype=np.int64)
        self._head_of_tail = np.arange(rows)
        self._tail_of_head = np.arange(rows)

    def join(self, tail: int, head: int, shift: int) -> bool:
        """Let the stretch that begins with `head` follow `tail`, if it may."""
        first = self._head_of_tail[tail]
        if self.has_previous[head] or first == head:
            return False
        last = self._tail_of_head[head]
        self.following[tail], self._days_later[tail] = head, shift
        self.has_previous[head] = True
        self._head_of_tail[last], self._tail_of_head[first] = first, last
        return True

    def walk(self, row: int) -> Iterator[tuple[int, int]]:
        """Yield every row of a stretch with its day, from its head."""
        day = 0
        while row >= 0:
            yield row, day
            day += int(self._days_later[row])
            row = int(self.following[row])


def _link(states: np.ndarray, blocks: np.ndarray, offset: int, shift: int, links: _Links) -> None:
    """Join stretches whose ends share all but `shift` of a window's days, `offset` columns."""
    by_first_days: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    for row in np.flatnonzero(~links.has_previous).tolist():
        by_first_days[states[row], blocks[row, : blocks.shape[1] - offset].tobytes()].append(row)
    for row in np.flatnonzero(links.following < 0).tolist():
        candidates = by_first_days.get((states[row], blocks[row, offset:].tobytes()), [])
        for candidate in candidates:
            if links.join(row, candidate, shift):
                candidates.remove(candidate)
                break
