"""A comparison as a person reads it: who wins first, then why."""

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hw1.compare.difference import Comparison
from hw1.compare.input_tables import features_table, parameters_table
from hw1.compare.result_tables import metrics_table, predictions_table
from hw1.compare.side import Side, same_question
from hw1.evaluation.labels import metric_label, number
from hw1.plain_console import plain_console, plain_text
from hw1.task_words import REGRESSION

NARROWEST, WIDEST = 80, 120
WINNER = "bold green"


def print_comparison(comparison: Comparison, full: bool = False) -> None:
    """Print a comparison; in colour on a terminal, plain text elsewhere.

    Args:
        comparison: what to print.
        full: print long lists whole; else they end with `and 17 more`.
    """
    console = plain_console()
    console.width = min(max(console.width, NARROWEST), WIDEST)
    _show(console, comparison, full)


def comparison_text(comparison: Comparison, width: int = NARROWEST, full: bool = False) -> str:
    """A comparison as plain text, at most `width` columns wide."""
    return plain_text(lambda console: _show(console, comparison, full), width)


def _show(console: Console, comparison: Comparison, full: bool) -> None:
    for part in _parts(comparison, full):
        # Not expanded: piped lines end with their words.
        console.print(Padding(part, (1, 1, 0, 1), expand=False))
    console.print()


def _parts(comparison: Comparison, full: bool) -> Iterator[RenderableType]:
    yield _headline(comparison)
    yield _sides(comparison)
    if comparison.notes:
        yield Text("\n".join(f"note: {note}" for note in comparison.notes), style="yellow")
    if comparison.same_results and not comparison.parameters:
        return
    yield parameters_table(comparison.parameters, full)
    yield from features_table(comparison.features, full)
    if same_question(comparison.a, comparison.b):
        yield metrics_table(comparison)
    yield from predictions_table(comparison)


def _headline(comparison: Comparison) -> Text:
    return Text(comparison.verdict, style=WINNER if comparison.winner else "bold")


def _sides(comparison: Comparison) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column(overflow="fold")
    for name, side in (("A", comparison.a), ("B", comparison.b)):
        style = WINNER if comparison.winner == name.lower() else ""
        task = "" if side.task == REGRESSION else side.task
        words = ", ".join(word for word in (side.edition, task, side.model, side.split) if word)
        table.add_row(Text(name, style=style or "bold"), side.name, words, _score(side))
    return table


def _score(side: Side) -> str:
    value = side.metrics.get(f"evaluate.valid.{side.metric}")
    return "" if value is None else f"{metric_label(side.metric)} {number(value)}"
