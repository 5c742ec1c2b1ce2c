"""The printed tables of what went in: parameters and features."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from hw1.compare.inputs import ABSENT, FeatureChanges, ParameterChange, ScoreChange
from hw1.compare.tables import more, new_table
from hw1.compare.words import signed
from hw1.evaluation.labels import number

WIDEST_KEY = 48
"""Keys up to this many columns are not broken, whatever the values need."""
MOST_PARAMETERS = 20
MOST_NAMES = 10
MOST_SCORES = 5
MOST_ITEMS = 12
"""Items of a parameter's list that are shown."""


def parameters_table(changes: Sequence[ParameterChange], full: bool) -> Table | Text:
    """Every parameter that differs with both values."""
    if not changes:
        return Text("the same parameters")
    table = new_table("parameter", "A", "B")
    shown = changes if full else changes[:MOST_PARAMETERS]
    table.columns[0].min_width = min(max(len(change.key) for change in shown), WIDEST_KEY)
    for change in shown:
        a, b = value_text(change.a), value_text(change.b)
        if a == b:  # they differ in what was cut
            a, b = value_text(change.a, None), value_text(change.b, None)
        table.add_row(change.key, a, b)
    if len(changes) > len(shown):
        table.add_row(more(len(changes) - len(shown)), "", "")
    return table


def features_table(changes: FeatureChanges, full: bool) -> Iterator[Table | Text]:
    """Features that went and came, then the scores that changed most."""
    if changes.count_a == changes.count_b == 0:
        return
    if changes.none:
        yield Text(f"the same {changes.count_a} features")
    else:
        table = new_table("features", f"{changes.count_a} in A, {changes.count_b} in B")
        for name, features in (("gone", changes.gone), ("came", changes.came)):
            if features:
                table.add_row(f"{name} {len(features)}", _names(list(features), full))
        yield table
    if changes.kinds is not None:
        yield Text(f"scores are not compared: {' in A, '.join(changes.kinds)} in B")
    if changes.scores:
        yield _scores_table(changes.scores, full)


def value_text(value: Any, items: int | None = MOST_ITEMS) -> str:
    """A parameter's value as params.yaml would hold it; long lists are cut."""
    if value is ABSENT:
        return "(absent)"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and items is not None and len(value) > items:
        shown = json.dumps(list(value)[:items], ensure_ascii=False, default=str)
        return f"{shown[:-1]}, {more(len(value) - items)}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _scores_table(changes: Sequence[ScoreChange], full: bool) -> Table:
    table = new_table("score of a feature", "A", "B", "B - A", numbers=True)
    shown = changes if full else changes[:MOST_SCORES]
    for score in shown:
        table.add_row(score.name, number(score.a), number(score.b), signed(score.difference))
    if len(changes) > len(shown):
        table.add_row(more(len(changes) - len(shown)), "", "", "")
    return table


def _names(names: list[str], full: bool) -> str:
    shown = names if full else names[:MOST_NAMES]
    text = ", ".join(shown)
    return f"{text} {more(len(names) - len(shown))}" if len(names) > len(shown) else text
