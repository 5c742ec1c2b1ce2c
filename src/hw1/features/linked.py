"""Features that need the days of linked windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from hw1.core.survey import LINKED_WINDOWS, TARGET, Structure, column_name
from hw1.features.columns import Feature


def linked_candidates(structure: Structure, days: int | Literal["all"]) -> list[Feature]:
    """List the candidates of the windows before, then of those after, nearest day first.

    Of most signals these are the changes to and between the nearest days; of positivity all changes
    between days that are known (across a hidden day over two), as far as `LINKED_WINDOWS` reach:
    the survey's 7-day means show a day's own value again seven days later. Positivity on the day
    after the target's comes as a level too.

    Args:
        structure: names of signals and days; its `link` says which sides there are.
        days: how many days of signals but positivity on either side.
    """
    if structure.link == "none":
        return []
    nearest = structure.days if days == "all" else min(days, structure.days)
    features = [*_signals_before(structure, nearest), *_positivity_before(structure)]
    if structure.link == "both":
        after = structure.days + 1
        features.append(Feature(f"next:{column_name(TARGET, after)}", column_name(TARGET, after)))
        features += [*_signals_after(structure, nearest), *_positivity_after(structure)]
    return features


def _signals_before(structure: Structure, nearest: int) -> Iterator[Feature]:
    for day in range(1, 1 - nearest, -1):
        yield from (_change("previous", name, day, day - 1) for name in _others(structure))


def _signals_after(structure: Structure, nearest: int) -> Iterator[Feature]:
    for day in range(structure.days + 1, structure.days + nearest + 1):
        yield from (_change("next", name, day, day - 1) for name in _others(structure))


def _positivity_before(structure: Structure) -> Iterator[Feature]:
    """A window's first day against the last known before it, then changes within the latter."""
    for window in range(LINKED_WINDOWS):
        first = 1 - window * structure.days
        yield _change("previous", TARGET, first, first - 2)
        for day in range(first - 2, first - structure.days, -1):
            yield _change("previous", TARGET, day, day - 1)


def _positivity_after(structure: Structure) -> Iterator[Feature]:
    """A window's first day against the last known before it, then changes within the former."""
    for window in range(1, LINKED_WINDOWS + 1):
        first = 1 + window * structure.days
        yield _change("next", TARGET, first, first - 2)
        for day in range(first + 1, first + structure.days - 1):
            yield _change("next", TARGET, day, day - 1)


def _others(structure: Structure) -> tuple[str, ...]:
    return tuple(signal for signal in structure.signals if signal != TARGET)


def _change(side: str, signal: str, day: int, before: int) -> Feature:
    column = column_name(signal, day)
    return Feature(f"{side}:{column}_change", column, minus=column_name(signal, before))
