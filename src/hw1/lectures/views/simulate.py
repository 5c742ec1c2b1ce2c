"""A simulated channel's daily views: growth, terms, a weekly cycle, new videos and chance."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from hw1.lectures.views.series import Series
from hw1.simulate.randomness import Floats, normals, stream

WEEK = (1.05, 1.08, 1.07, 1.04, 0.87, 0.80, 1.09)  # Monday to Sunday, where lessons are due
BEGINNING, GROWTH = 3.0, 0.18  # thousands of views a day; share of them that every year adds
TERMS = ((51, 171), (253, 375))  # days of the year: spring; autumn until after New Year's Eve
CROWD_STAYS = 0.6  # of those who come for a new video, from one day to the next


def simulate_series(seed: int, first_year: int, last_year: int) -> Series:
    """Views from the first day of one year to the last of another.

    The same seed gives the same views, to a view on every platform.
    """
    start, end = date(first_year, 1, 1), date(last_year + 1, 1, 1)
    dates = [start + timedelta(days) for days in range((end - start).days)]
    weekday = np.array([day.weekday() for day in dates])
    in_term = np.array([_in_term(day) for day in dates])
    busy = _followed(in_term, keep=6 / 7)
    level = BEGINNING * (1 + GROWTH * np.arange(len(dates)) / 365.25)
    cycle = 1 + (np.array(WEEK)[weekday] - 1) * (0.6 + 0.4 * busy)
    mood = 1 + _remembered(0.03 * normals(stream(seed, "mood"), len(dates)), keep=0.93)
    noise = 1 + 0.025 * normals(stream(seed, "noise"), len(dates))
    crowd = _crowd(seed, released=(weekday == 4) & (in_term > 0))
    views = level * ((0.86 + 0.2 * busy) * cycle * mood * noise + crowd)
    return Series(dates, np.round(views, 3))


def _in_term(day: date) -> float:
    number = day.timetuple().tm_yday
    numbers = (number, number + 365)  # a term may end in the next year
    return float(any(first <= each <= last for first, last in TERMS for each in numbers))


def _crowd(seed: int, released: NDArray[np.bool_]) -> Floats:
    """Who comes for new videos, as a share of the level; three of five weeks have one."""
    sizes = 0.12 + 0.1 * np.abs(normals(stream(seed, "sizes"), len(released)))
    recorded = released & (stream(seed, "videos").random(len(released)) < 0.6)
    return _remembered(sizes * recorded, CROWD_STAYS)


def _followed(values: Floats, keep: float) -> Floats:
    """What follows the values with a delay, from the first value on."""
    followed: Floats = values[0] + _remembered((1 - keep) * (values - values[0]), keep)
    return followed


def _remembered(shocks: Floats, keep: float) -> Floats:
    """Sums of all shocks so far, each a share `keep` smaller with every day."""
    sums, state = np.empty(len(shocks)), 0.0
    for day, shock in enumerate(shocks):
        state = keep * state + shock
        sums[day] = state
    return sums
