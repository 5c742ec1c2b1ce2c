"""What the tables of a printed comparison have in common."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

STYLES = {"a": "red", "b": "green", None: ""}
"""A difference's colour by the side that it favours: green is progress from A to B."""


def new_table(first: str, *others: str, numbers: bool = False) -> Table:
    """An empty table without frame; `numbers` aligns all but the first column to the right."""
    table = Table(
        box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False, header_style="bold"
    )
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, overflow="fold", justify="right" if numbers else "left")
    return table


def more(count: int) -> str:
    """What stands for the rest of a list."""
    return f"and {count:,} more"
