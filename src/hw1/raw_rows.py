"""Rows of the homework's CSV as pandas reads them, and the windows that they hold."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.errors import DataError
from hw1.core.survey import TARGET, Structure


def raw_columns(structure: Structure, *, last_day: bool = True) -> list[str]:
    """The columns that hold a window, as pandas names them: states, then days in order.

    Args:
        structure: the states, signals and days.
        last_day: also those of the day that is to be predicted, all but the target.
    """
    suffixes = ["", *(f".{day}" for day in range(1, structure.days))]
    names = [f"{signal}{suffix}" for suffix in suffixes for signal in structure.signals]
    hidden = 1 if last_day else len(structure.signals)
    return [*structure.states, *names[:-hidden]]


def windows_of(rows: pd.DataFrame, structure: Structure, *, last_day: bool = True) -> pd.DataFrame:
    """Raw rows as the tidy table that features are computed from: `state` and visible days.

    Args:
        rows: raw rows, percent; columns that are not needed are not looked at.
        structure: the states, signals and days to look for.
        last_day: whether the day to be predicted is looked at; else its columns may be missing.

    Raises:
        DataError: a column is missing or there twice, or a value is no number, not finite, no
            percentage, or does not name one state.
    """
    columns = raw_columns(structure, last_day=last_day)
    _require_columns(rows, columns, structure)
    values = _numbers(rows[columns])
    one_hot, percent = np.split(values, [len(structure.states)], axis=1)
    one_state = np.isin(one_hot, (0, 1)).all(axis=1) & (one_hot.sum(axis=1) == 1)
    for row in np.flatnonzero(~one_state)[:1]:
        raise DataError(f"row {row}: one state column must hold 1 and all others 0")
    for row, place in np.argwhere((percent < 0) | (percent > 100))[:1]:
        name = columns[len(structure.states) + place]
        raise DataError(f"row {row}, column `{name}`: {percent[row, place]:g} is not in 0..100")
    names = structure.visible_columns[: percent.shape[1]]
    windows = pd.DataFrame(percent, columns=names)
    windows.insert(0, "state", np.array(structure.states, dtype=object)[one_hot.argmax(axis=1)])
    return windows


def _require_columns(rows: pd.DataFrame, columns: list[str], structure: Structure) -> None:
    present = [str(name) for name in rows.columns]
    missing = [name for name in columns if name not in present]
    if missing:
        known = {"id", f"{TARGET}.{structure.days - 1}", *raw_columns(structure)}
        unknown = [name for name in present if name not in known]
        raise DataError(
            f"columns are missing: {_listed(missing)}; unknown columns: {_listed(unknown)}. The "
            "model takes a row of the homework's CSV as pandas reads it (`cli`, `cli.1`, ...)"
        )
    for name in columns:
        if present.count(name) > 1:
            raise DataError(f"column `{name}` is there twice; later days carry `.1`, `.2`, ...")


def _listed(names: list[str], most: int = 5) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown or "none"


def _numbers(table: pd.DataFrame) -> NDArray[np.float64]:
    try:
        values: NDArray[np.float64] = table.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        values = table.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    for row, place in np.argwhere(~np.isfinite(values))[:1]:
        where = f"row {row}, column `{table.columns[place]}`"
        raise DataError(f"{where} holds {table.iloc[row, place]}; a finite number belongs there")
    return values
