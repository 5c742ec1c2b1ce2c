"""Daily views, and the windows of past days that models learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hw1.core.errors import DataError
from hw1.core.files import read_csv
from hw1.fitted.base import Floats

DATA = Path("lectures/data")
COLUMNS = ("date", "views")
UNIT = 1000  # views


@dataclass(frozen=True)
class Series:
    """A channel's views.

    Attributes:
        dates: every day from the first to the last.
        views: thousands of views on each, shape [days].
    """

    dates: Sequence[date]
    views: Floats


@dataclass(frozen=True)
class Windows:
    """Days to predict and the days before them, standardised by the training days' own views.

    Attributes:
        dates: of the days to predict.
        x: standardised views of the days before, yesterday first, shape [rows, past days].
        y: standardised views of the days to predict, shape [rows].
        unseen: which rows are of the unseen year, shape [rows]; the others are for training.
        mean: of the training days' views (thousands).
        scale: standard deviation of the training days' views (thousands).
    """

    dates: Sequence[date]
    x: Floats
    y: Floats
    unseen: NDArray[np.bool_]
    mean: float
    scale: float

    def rmse(self, predicted: Floats, *, unseen: bool) -> float:
        """Root of the mean squared error in thousands of views, on either kind of rows."""
        chosen = self.unseen == unseen
        return self.scale * float(np.sqrt(np.mean((predicted[chosen] - self.y[chosen]) ** 2)))

    def in_thousands(self, standardised: Floats) -> Floats:
        """Standardised views as thousands of views."""
        return self.mean + self.scale * standardised


def read_series(path: Path) -> Series:
    """Read daily views from a CSV file with the columns `date` (2017-01-31) and `views`.

    Raises:
        DataError: the file is missing, or a column, a date or a number is not what it should be.
    """
    if not path.is_file():
        raise DataError(f"{path} is missing; put it there, or set `views.csv` to null")
    table = read_csv(path)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise DataError(f"{path}: column `{missing[0]}` is missing; it needs {', '.join(COLUMNS)}")
    try:
        dates = [date.fromisoformat(str(text)) for text in table["date"]]
        views = np.array([float(text) for text in table["views"]]) / UNIT
    except ValueError as problem:
        raise DataError(f"{path}: {problem}") from None
    for line, (day, before) in enumerate(zip(dates[1:], dates, strict=False), start=3):
        if (day - before).days != 1:
            raise DataError(f"{path}, line {line}: {day} does not follow {before}")
    if not np.all(np.isfinite(views)):
        raise DataError(f"{path}: not every number of views is finite")
    return Series(dates, views)


def make_windows(series: Series, past_days: int, unseen_year: int) -> Windows:
    """Every day up to the unseen year's end that has so many days before it.

    Raises:
        DataError: there are no days to learn from, none of the unseen year, or all are alike.
    """
    years = np.array([day.year for day in series.dates])
    last = int(np.count_nonzero(years <= unseen_year))
    rows = np.arange(past_days, last)
    unseen = years[rows] == unseen_year
    if not unseen.any() or unseen.all():
        raise DataError(
            f"there must be days of {unseen_year}, and more than {past_days} days before it"
        )
    training = series.views[years < unseen_year]
    mean, scale = float(training.mean()), float(training.std())
    if scale == 0:
        raise DataError("all training days have the same views: there is nothing to learn")
    standardised = (series.views - mean) / scale
    x = standardised[rows[:, None] - 1 - np.arange(past_days)]
    dates = [series.dates[row] for row in rows.tolist()]
    return Windows(dates, x, standardised[rows], unseen, mean, scale)
