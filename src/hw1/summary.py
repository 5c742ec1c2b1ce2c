"""The table at the end of a run: what a variant scores and where its submission lies.

It reads metrics files only, so it shows what the pipeline measured, whatever params.yaml says now.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.files import read_json
from hw1.core.survey import TRANSDUCTIVE
from hw1.evaluation.labels import interval, number, skill_percent, split_label
from hw1.evaluation.scheme_metrics import extrapolation_text, optimism_text

WIDTH = 80
LABEL_WIDTH = 13

Metrics = dict[str, Any]
MetricsReader = Callable[[Path], Metrics]


def print_summary(root: Path = Path()) -> None:
    """Print the summary of the workspace; in colour on a terminal, plain text elsewhere.

    Raises:
        DataError: a metrics file is missing: the pipeline has not run to its end.
    """
    print_summary_of(lambda path: read_json(root / path))


def print_summary_of(read: MetricsReader) -> None:
    """Print the summary of a variant whose metrics files `read` gives.

    Raises:
        DataError: see `read`; or the files are another version's.
    """
    # A fixed width: a narrower terminal wraps lines, which loses no number.
    _show(Console(highlight=False, width=WIDTH), read)


def summary_text(root: Path = Path(), width: int = WIDTH) -> str:
    """The summary as plain text.

    Args:
        root: the project's folder.
        width: columns that may be used.

    Raises:
        DataError: a metrics file is missing: the pipeline has not run to its end.
    """
    console = Console(file=io.StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        _show(console, lambda path: read_json(root / path))
    return captured.get()


def _show(console: Console, read: MetricsReader) -> None:
    evaluated, submitted = read(layout.EVALUATE_METRICS), read(layout.SUBMIT_METRICS)
    try:
        parts: list[Text | Table] = [
            _title(evaluated, read(layout.TRAIN_METRICS)),
            _table(evaluated, submitted),
            _notes(evaluated, submitted),
        ]
    except KeyError as missing:
        raise DataError(
            f"the metrics lack {missing}: they were made by other code; `dvc repro` renews them"
        ) from None
    for part in parts:
        console.print(Padding(part, (0, 1)))


def _title(evaluated: Metrics, trained: Metrics) -> Text:
    words = [("edition", evaluated["edition"])]
    if "model" in trained:
        words.append(("model", trained["model"]))
    words.append(("split", evaluated["split"]["label"]))
    title = Text("\n")
    for name, word in words:
        title.append(f"{name} ", style="dim").append(f"{word}   ", style="bold")
    return title


def _table(evaluated: Metrics, submitted: Metrics) -> Table:
    """Errors in the edition's own metric, one line a set of rows."""
    metric, score = evaluated["main"]["metric"], submitted.get("score", {})
    share = f"{evaluated['bootstrap']['confidence'] * 100:g} % interval"
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="bold")
    mark = f", {TRANSDUCTIVE}" if _is_linked(evaluated) else ""
    table.add_column(f"error on{mark}", no_wrap=True)
    table.add_column(metric.upper(), justify="right")
    table.add_column(share)
    table.add_column("persistence", justify="right")
    table.add_column("skill", justify="right")
    _add_validation(table, evaluated, metric)
    _add_schemes(table, evaluated, metric)
    if "expected" in submitted:
        expected = submitted["expected"]
        label = "test set, expected"
        _add_row(table, label, expected, expected["value"], expected["persistence"])
    for part in ("public", "private", "all"):
        if part in score:
            rows = score[part]
            persistence = rows[f"persistence_{metric}"]
            _add_row(table, f"leaderboard, {part}", rows, rows[metric], persistence)
    return table


def _add_validation(table: Table, evaluated: Metrics, metric: str) -> None:
    main, valid, seeds = evaluated["main"], evaluated["valid"], evaluated["seeds"]
    label = Text(f"validation, {split_label(evaluated['split']['method'])}")
    if evaluated["split"]["leaks"] or _is_linked(evaluated):
        label.stylize("bold red")
    rows = {**main, "skill": valid["skill"]} if "skill" in valid else main
    _add_row(table, label, rows, main["value"], evaluated["persistence"][metric])
    if "mse_deviation" in seeds:
        spread = f"+/- {number(seeds['mse_deviation'])}"
        name = f"  one of {seeds['members']} seeds" + ("" if metric == "mse" else " (MSE)")
        table.add_row(name, number(seeds["mse_mean"]), spread, "", "", style="dim")


def _add_schemes(table: Table, evaluated: Metrics, metric: str) -> None:
    """What other splits say of the same variant, one dim line each."""
    for method, errors in evaluated.get("schemes", {}).items():
        if method != evaluated["split"]["method"]:
            label = Text(f"  by {split_label(method)}")
            if errors["leaks"]:
                label.stylize("red")
            persistence = number(errors["persistence_mse"] ** (0.5 if metric == "rmse" else 1))
            cells = [number(errors[metric]), "", persistence, _skill(errors)]
            table.add_row(label, *cells, style="dim")


def _is_linked(evaluated: Metrics) -> bool:
    return bool(evaluated["split"].get("transductive", False))


def _add_row(
    table: Table, label: Text | str, errors: Metrics, value: float, persistence: float
) -> None:
    """One set of rows: the error, its interval and the skill where `errors` has them."""
    bounds = interval(errors["low"], errors["high"]) if "low" in errors else ""
    table.add_row(label, number(value), Text(bounds), number(persistence), _skill(errors))


def _skill(errors: Metrics) -> str:
    """How much of persistence's MSE is saved, in percent; negative where it is worse."""
    return skill_percent(errors["skill"]) if "skill" in errors else ""


def _notes(evaluated: Metrics, submitted: Metrics) -> Table:
    """Everything beside the errors, as pairs of a name and its value."""
    notes = Table.grid(padding=(0, 2))
    notes.add_column(style="dim", min_width=LABEL_WIDTH)
    notes.add_column(overflow="fold")
    if evaluated["split"]["leaks"]:
        notes.add_row("leaks", Text("held-out days are also in training rows: too good to trust"))
    if _is_linked(evaluated):
        notes.add_row("transductive", Text("days of other windows help; this is no forecast"))
    notes.add_row("skill", "MSE saved against persistence, which repeats the last known day")
    if optimism := optimism_text(evaluated):
        notes.add_row("optimism", optimism)
    if "extrapolation" in evaluated:
        verdict = evaluated["extrapolation"]["verdict"]
        style = "bold red" if verdict == "fails" else ""
        notes.add_row("extrapolation", Text(f"{verdict}; {extrapolation_text(evaluated)}", style))
    if "expected" in submitted:
        rows = "held-out blocks" if _is_linked(evaluated) else "held-out later days"
        notes.add_row("expected", f"from {rows} and the test set's visible days")
    if "score" in submitted:
        notes.add_row("leaderboard", "scored offline against the known solution")
    if "references" in evaluated:
        notes.add_row("the course's", _references(evaluated["references"]))
    notes.add_row("submission", f"{layout.SUBMISSION} ({submitted['rows']:,} rows)")
    notes.add_row("MLflow", "`make ui`, or `hw1 ui`, opens all variants side by side")
    return notes


def _references(references: Metrics) -> Text:
    names = [name for name in ("simple", "medium", "strong", "boss") if name in references]
    values = ", ".join(f"{name} {references[name]:.3f}" for name in names)
    where = f"{references['metric'].upper()} measured on {references['measured_on']}"
    return Text(f"{values}\n{where}, not on these rows")
