"""The leaderboard as a person reads it in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hw1.board.cells import columns_of
from hw1.board.leaderboard import Leaderboard
from hw1.board.standing import Kind, Section, Standing
from hw1.compare.tables import more
from hw1.evaluation.labels import metric_label
from hw1.plain_console import plain_console, plain_text
from hw1.task_words import MainMetric, question

NARROWEST, WIDEST = 80, 110
MOST_ROWS = 20
MOST_REASONS = 3
KEY_DIGITS = 7

REMARKS: dict[Kind, str] = {
    "forecast": "",
    "transductive": "days of other windows help: no forecast",
    "leaking": "held-out days are also in training rows: too good to trust, not ranked",
}
MEANINGS: dict[MainMetric, str] = {
    "mse": "error on validation rows in squared percentage points",
    "rmse": "error on validation rows in percentage points",
    "cross_entropy": "of probabilities on validation rows, in nats",
}
SKILLS = {
    True: "MSE saved against repeating the last known day",
    False: "cross-entropy saved against the base rate",
}
"""What skill is where positivity is predicted, and where its rise is."""
STYLES = {"best": "bold green", "worse": "red", "better": "green", "fails": "bold red"}


def print_leaderboard(board: Leaderboard, *, everything: bool = False) -> None:
    """Print it; in colour on a terminal, plain text elsewhere.

    Args:
        board: what to print.
        everything: every row; else the best of each section.
    """
    console = plain_console()
    console.width = min(max(console.width, NARROWEST), WIDEST)
    _show(console, board, everything)


def leaderboard_text(
    board: Leaderboard, width: int = NARROWEST, *, everything: bool = False
) -> str:
    """The same as plain text, at most `width` columns wide."""
    return plain_text(lambda console: _show(console, board, everything), width)


def _show(console: Console, board: Leaderboard, everything: bool) -> None:
    for part in _parts(board, everything):
        # not expanded: piped lines end with their words
        console.print(Padding(part, (1, 1, 0, 1), expand=False))
    console.print()


def _parts(board: Leaderboard, everything: bool) -> Iterator[RenderableType]:
    if not board.sections:
        yield _nothing(board)
    names = Counter(
        standing.row.name for section in board.sections for standing in section.standings
    )
    if board.sections:
        yield Text("edition ", style="dim").append(board.edition, style="bold not dim")
    for section in board.sections:
        yield _section(section, names, everything)
    if board.sections:
        yield _legend(board)
    notes = list(_notes(board, everything))
    if notes:
        yield Text("\n".join(notes), style="dim")


def _nothing(board: Leaderboard) -> Text:
    edition, others = (
        board.edition,
        ", ".join(f"`--edition {name}`" for name in board.entries.editions),
    )
    text = Text(f"No variant of edition `{edition}` yet.", style="bold")
    text.append(
        f"\n`dvc exp run -S ingest.edition={edition}` makes one, `hw1 run NAME` a shipped one",
        style="not bold",
    )
    if others:
        text.append(f"\nThere are variants of others: {others}", style="not bold")
    return text


def _section(section: Section, names: Counter[str], everything: bool) -> RenderableType:
    title = Text("split ", style="dim").append(
        section.label, style="not dim bold" + (" red" if section.kind != "forecast" else "")
    )
    if section.rise is not None:
        title.append("\nclassification: ", style="dim not bold")
        title.append(question(section.rise), style="not dim not bold")
    if REMARKS[section.kind]:
        title.append(f"\n{REMARKS[section.kind]}", style="not dim red")
    shown = section.standings if everything else section.standings[:MOST_ROWS]
    parts: list[RenderableType] = [title, _table(shown, metric_label(section.metric), names)]
    if len(shown) < len(section.standings):
        left = more(len(section.standings) - len(shown))
        parts.append(Text(f"{left}: `hw1 leaderboard --all`", style="dim"))
    return Group(*parts)


def _table(standings: Sequence[Standing], metric: str, names: Counter[str]) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1),
        pad_edge=False,
        collapse_padding=True,  # a name of 14 letters has to fit beside nine columns
        show_edge=False,
        header_style="bold",
    )
    table.add_column("variant", overflow="fold", ratio=1)
    columns = columns_of(metric, standings)
    for column in columns:
        title = column.title.replace("-", "-\n")  # `cross-entropy` is wider than its numbers
        table.add_column(title, justify="right", no_wrap=True)
    for standing in standings:
        name = _name(standing, names)
        style = "bold" if standing.verdict == "best" else ""
        cells = [column.cell(standing) for column in columns]
        table.add_row(Text(name, style), *(Text(cell, STYLES.get(cell, "")) for cell in cells))
    return table


def _name(standing: Standing, names: Counter[str]) -> str:
    """A row's name, with the beginning of its key where others are called the same."""
    name = standing.row.name
    key = standing.row.entries[0].record.variant.key[:KEY_DIGITS]
    return f"{name} ({key})" if names[name] > 1 else name


def _legend(board: Leaderboard) -> Table:
    """What the columns mean."""
    shown = [standing for section in board.sections for standing in section.standings]
    rows = [standing.row for standing in shown]
    legend = Table.grid(padding=(0, 2))
    legend.add_column(style="dim", no_wrap=True)
    legend.add_column(style="dim", overflow="fold")
    for metric in dict.fromkeys(section.metric for section in board.sections):
        legend.add_row(metric_label(metric), f"{MEANINGS[metric]}, lower is better")
    if any(row.deviation is not None for row in rows):
        legend.add_row("±", "how much other seeds move it: over runs, else over an ensemble")
    tasks = {section.rise is None for section in board.sections}
    legend.add_row("skill", "; ".join(words for plain, words in SKILLS.items() if plain in tasks))
    if False in tasks:
        legend.add_row("AUC", "how often, of two rows, the one with a rise is the likelier")
    if any(row.day for row in rows):
        legend.add_row("day", "its other signals are hidden, or the whole day is predicted")
    if any(row.test is not None for row in rows):
        legend.add_row("test", "error on the test rows, whose solution is known here")
    if any(row.extrapolation is not None for row in rows):
        legend.add_row("extrap.", "whether it holds on rows of a higher level than it has seen")
    if any(standing.paired is not None for standing in shown):
        legend.add_row("vs best", "worse by more than noise (states, seeds), or no more than noise")
    return legend


def _notes(board: Leaderboard, everything: bool) -> Iterator[str]:
    entries = board.entries
    if board.missing and board.sections:
        yield f"not run yet: {', '.join(board.missing)}; `hw1 run NAME`"
    if entries.others and not everything:
        yield f"{more(entries.others)} in git's history: `hw1 leaderboard --all`"
    for reason in entries.skipped[:MOST_REASONS]:
        yield f"not listed: {reason}"
    if len(entries.skipped) > MOST_REASONS:
        yield f"not listed: {more(len(entries.skipped) - MOST_REASONS)}"
