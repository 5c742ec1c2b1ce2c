"""An edition whose columns have names that would do harm where they are not taken for words."""

import csv
import io
from dataclasses import replace
from pathlib import Path

from support import SMALL

from hw1.simulate import write_edition

STATES = (
    "<script>alert(1)",
    "[x](javascript:alert(1))",
    "$\\frac{x$ {{7*7}} [bold]|`",
    '"><img src=x onerror=alert(1)>',
    "{% raw %}{{ page }}",
    "_hidden",
)
SIGNALS = (
    "<script src=x>",
    '"><img src=x onerror=alert(2)>|``a`',
    "[red]$^x$[/red][link=http://x]{{7*7}}%s",
    "[/red]$\\frac{x$:smile:" + "W" * 40,
    "tested_positive",
)
PLAIN_STATES = tuple(f"S{number}" for number in range(len(STATES)))
PLAIN_SIGNALS = (*(f"signal{number}" for number in range(len(SIGNALS) - 1)), SIGNALS[-1])
PLAIN = replace(SMALL, states=PLAIN_STATES, signals=PLAIN_SIGNALS, train_rows=180, test_rows=36)
NAMES = dict(zip((*PLAIN_STATES, *PLAIN_SIGNALS), (*STATES, *SIGNALS), strict=True))


def write_hostile_edition(folder: Path) -> None:
    """Write a small edition with these names."""
    write_edition(folder, PLAIN)
    for path in (folder / "covid.train.csv", folder / "covid.test.csv"):
        head, _, rows = path.read_text().partition("\n")
        named = io.StringIO()
        columns = [NAMES.get(name, name) for name in head.split(",")]
        csv.writer(named, lineterminator="\n").writerow(columns)
        path.write_text(named.getvalue() + rows)
