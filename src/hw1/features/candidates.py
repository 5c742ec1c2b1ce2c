"""Which features are built from a survey's windows before any are selected."""

from __future__ import annotations

from typing import Literal

from hw1.core.errors import ParamsError
from hw1.core.survey import TARGET, Structure, column_name
from hw1.features.columns import Feature
from hw1.features.linked import linked_candidates
from hw1.params.features import FeaturesParams


def build_candidates(structure: Structure, params: FeaturesParams) -> list[Feature]:
    """List the candidates: levels, then changes, both in the file's order, linked, then states.

    Of most signals the days end with the target's own day, if `last_day` lets them be seen; of
    positivity they end with the day before, the last that a test row shows. More days than exist
    mean all of them.

    Args:
        structure: names of states, signals and days, and whose days windows see beside their own.
        params: `days`: levels of the last days known of a signal; `differences`: changes into the
            last days that are seen, as far as they are known (into the window's very last,
            positivity has none); `linked_days`: changes a signal on either side where windows are
            linked; `states` or none.

    Raises:
        ParamsError: the survey is so short that nothing can be built.
    """
    candidates = _levels(structure, params) + _changes(structure, params)
    candidates += linked_candidates(structure, params.linked_days)
    if params.states:
        candidates += [Feature(f"state_{name}", "state", equals=name) for name in structure.states]
    if not candidates:
        raise ParamsError(
            f"`features`: windows of {structure.days} days give no candidates; "
            "set `days`, `differences` or `states`"
        )
    return candidates


def _levels(structure: Structure, params: FeaturesParams) -> list[Feature]:
    return [
        Feature(column_name(signal, day), column_name(signal, day))
        for day in range(1, structure.days + 1)
        for signal in structure.signals
        if day in _last(range(1, _last_known_day(structure, signal, params) + 1), params.days)
    ]


def _changes(structure: Structure, params: FeaturesParams) -> list[Feature]:
    seen = _last_day_seen(structure, params)
    return [
        Feature(
            f"{column_name(signal, day)}_change",
            column_name(signal, day),
            minus=column_name(signal, day - 1),
        )
        for day in range(2, structure.days + 1)
        for signal in structure.signals
        if day in _last(range(2, seen + 1), params.differences)
        and day <= _last_known_day(structure, signal, params)
    ]


def _last_known_day(structure: Structure, signal: str, params: FeaturesParams) -> int:
    return structure.days - 1 if signal == TARGET else _last_day_seen(structure, params)


def _last_day_seen(structure: Structure, params: FeaturesParams) -> int:
    return structure.days if params.last_day else structure.days - 1


def _last(days: range, count: int | Literal["all"]) -> range:
    return days if count == "all" else days[max(0, len(days) - count) :]
