"""What the summaries of all tasks have in common."""

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from hw1.core import layout
from hw1.core.survey import TRANSDUCTIVE
from hw1.evaluation.labels import interval, number, skill_percent, split_label

LABEL_WIDTH = 13
FEW = 2
"""Columns after the interval that fit into 80 with two blanks between."""
PARTS = ("public", "private", "all")
"""Of the test rows, as a leaderboard shows them."""

Metrics = dict[str, Any]


def errors_table(evaluated: Metrics, metric: str, *others: str) -> Table:
    """An empty table: one line a set of rows; the main metric with its interval comes first.

    Args:
        evaluated: what metrics/evaluate.json holds.
        metric: the main metric's label.
        others: the columns after the interval.
    """
    table = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1),
        pad_edge=False,
        collapse_padding=len(others) > FEW,
        header_style="bold",
    )
    mark = f", {TRANSDUCTIVE}" if is_linked(evaluated) else ""
    table.add_column(f"error on{mark}", no_wrap=True)
    table.add_column(metric, justify="right")
    table.add_column(f"{evaluated['bootstrap']['confidence'] * 100:g} % interval")
    for name in others:
        table.add_column(name, justify="right")
    return table


def notes_grid() -> Table:
    """An empty table of names and what to know of them."""
    notes = Table.grid(padding=(0, 2))
    notes.add_column(style="dim", min_width=LABEL_WIDTH)
    notes.add_column(overflow="fold")
    return notes


def validation_label(evaluated: Metrics) -> Text:
    """The name of the validation rows, red where their error means less than it seems."""
    label = Text(f"validation, {split_label(evaluated['split']['method'])}")
    if evaluated["split"]["leaks"] or is_linked(evaluated):
        label.stylize("bold red")
    return label


def other_schemes(evaluated: Metrics) -> Iterator[tuple[Text, Metrics]]:
    """What other splits say of the same variant: a label and the errors."""
    for method, errors in evaluated.get("schemes", {}).items():
        if method != evaluated["split"]["method"]:
            label = Text(f"  by {split_label(method)}")
            if errors["leaks"]:
                label.stylize("red")
            yield label, errors


def is_linked(evaluated: Metrics) -> bool:
    """Whether it looks at days of other windows."""
    return bool(evaluated["split"].get("transductive", False))


def bounds(errors: Metrics) -> Text:
    """The main metric's interval; empty where it has none."""
    return Text(interval(errors["low"], errors["high"]) if "low" in errors else "")


def skill(errors: Metrics) -> str:
    """How much is saved against the yardstick, in percent; negative where that is better."""
    return skill_percent(errors["skill"]) if "skill" in errors else ""


def spread(deviation: float) -> str:
    """How far seeds move an error."""
    return f"+/- {number(deviation)}"


def add_warnings(notes: Table, evaluated: Metrics) -> None:
    """Say why the error is not to be compared with an honest forecast's."""
    if evaluated["split"]["leaks"]:
        notes.add_row("leaks", Text("held-out days are also in training rows: too good to trust"))
    if is_linked(evaluated):
        notes.add_row("transductive", Text("days of other windows help; this is no forecast"))


def add_places(notes: Table, submitted: Metrics, what: str = "") -> None:
    """Say where the results are."""
    notes.add_row("submission", f"{layout.SUBMISSION} ({submitted['rows']:,} rows){what}")
    notes.add_row("MLflow", "`make ui`, or `hw1 ui`, opens all variants side by side")
