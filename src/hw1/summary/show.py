"""Print a variant's summary; its task decides what the table holds.

It reads metrics files only, so it shows what the pipeline measured, whatever params.yaml says now.
"""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.files import read_json
from hw1.plain_console import plain_console, plain_text
from hw1.summary import percentages, probabilities
from hw1.summary.parts import Metrics
from hw1.task_words import CLASSIFICATION, REGRESSION, task_in

WIDTH = 80

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
    _show(plain_console(width=WIDTH), read)


def summary_text(root: Path = Path(), width: int = WIDTH) -> str:
    """The summary as plain text.

    Args:
        root: the project's folder.
        width: columns that may be used.

    Raises:
        DataError: a metrics file is missing: the pipeline has not run to its end.
    """
    return plain_text(lambda console: _show(console, lambda path: read_json(root / path)), width)


def _show(console: Console, read: MetricsReader) -> None:
    evaluated, submitted = read(layout.EVALUATE_METRICS), read(layout.SUBMIT_METRICS)
    try:
        kind = probabilities if task_in(evaluated) == CLASSIFICATION else percentages
        parts: list[Text | Table] = [
            _title(evaluated, read(layout.TRAIN_METRICS)),
            kind.errors(evaluated, submitted),
            kind.notes(evaluated, submitted),
        ]
    except KeyError as missing:
        raise DataError(
            f"the metrics lack {missing}: they were made by other code; `dvc repro` renews them"
        ) from None
    for part in parts:
        console.print(Padding(part, (0, 1)))


def _title(evaluated: Metrics, trained: Metrics) -> Text:
    words = [("edition", evaluated["edition"])]
    if task_in(evaluated) != REGRESSION:
        words.append(("task", task_in(evaluated)))
    if "model" in trained:
        words.append(("model", trained["model"]))
    words.append(("split", evaluated["split"]["label"]))
    title = Text("\n")
    for name, word in words:
        title.append(f"{name} ", style="dim").append(f"{word}   ", style="bold")
    return title
