"""The days of linked windows, as further days of a window."""

import numpy as np
import pandas as pd

from hw1.core.survey import LINKED_WINDOWS, TARGET, Structure, column_name


def with_neighbours(
    windows: pd.DataFrame, candidates: pd.DataFrame, links: pd.DataFrame, structure: Structure
) -> pd.DataFrame:
    """Windows with the days of the windows around them.

    Days are counted from the window's own day 1: the window before holds days 1-D..0, the window
    after D+1..2D, with all their signals; those farther away give their positivity alone. The
    last day's positivity of another window is never copied: a test row hides it.

    Args:
        windows: `id`, `state` and day columns, percent.
        candidates: the table that links point into, with `id` and the visible day columns.
        links: `id`, `previous` and `next` (ids, -1 for none) of one fold's rows.
        structure: the edition's structure; its `link` says which sides are seen.

    Returns:
        `windows` with more columns: NaN where there is no next or previous window. Where a stretch
        ends farther away, the last positivity known repeats: a change of 0 says nothing.
    """
    if structure.link == "none":
        return windows
    sides = {"previous": -1} if structure.link == "past" else {"previous": -1, "next": 1}
    columns: dict[str, np.ndarray] = {}
    places = pd.Index(candidates["id"])
    for side, direction in sides.items():
        rows = _walk(windows["id"].to_numpy(), links, side)
        near = places.get_indexer(rows[0])
        shift = direction * structure.days
        for day in range(1, structure.days + 1):
            for signal in structure.signals:
                if (signal, day) != (TARGET, structure.days):
                    values = _take(candidates, column_name(signal, day), near)
                    columns[column_name(signal, day + shift)] = values
        for distance, ids in enumerate(rows[1:], start=2):
            far = places.get_indexer(ids)
            columns |= _far_days(candidates, far, structure, columns, distance * direction)
    added = pd.DataFrame(columns, index=windows.index)
    return pd.concat([windows, added], axis="columns")


def _walk(ids: np.ndarray, links: pd.DataFrame, side: str) -> list[np.ndarray]:
    """Ids of the windows at 1, 2, ... steps to one side, -1 beyond the end of a stretch."""
    step = dict(zip(links["id"].tolist(), links[side].tolist(), strict=True))
    walked, here = [], ids.tolist()
    for _ in range(LINKED_WINDOWS):
        here = [step.get(each, -1) for each in here]
        walked.append(np.array(here, dtype=np.int64))
    return walked


def _far_days(
    candidates: pd.DataFrame,
    places: np.ndarray,
    structure: Structure,
    nearer: dict[str, np.ndarray],
    distance: int,
) -> dict[str, np.ndarray]:
    """Visible positivity of the windows at a distance (in windows, negative for the past)."""
    days = structure.days
    end = (distance * days - 1) if distance > 0 else (distance + 1) * days + 1
    last = nearer[column_name(TARGET, end)]
    return {
        column_name(TARGET, distance * days + day): np.where(
            places < 0, last, _take(candidates, column_name(TARGET, day), places)
        )
        for day in range(1, days)
    }


def _take(table: pd.DataFrame, column: str, places: np.ndarray) -> np.ndarray:
    """Values at these places, NaN at -1."""
    values = table[column].to_numpy(dtype=np.float64)
    return np.where(places < 0, np.nan, values[places])
