"""Contestants measured in turn, and the tables that their figures make."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Contestants = Mapping[str, Callable[[], float]]
Values = dict[str, list[float]]

DIGITS = 4


@dataclass(frozen=True)
class Base:
    """A column of ratios: every row's figure divided by that of another row.

    Attributes:
        head: the column's head.
        of: from a row's name to the name of the row that it is divided by; None leaves it blank.
    """

    head: str
    of: Callable[[str], str | None]


@dataclass(frozen=True)
class Table:
    """Figures of one unit.

    Attributes:
        title: what was measured, and how.
        unit: of the figures.
        values: one figure a repetition, by the row's name.
        bases: what the rows are compared to.
        notes: further cells of a row, by the column's head, then by the row's name.
    """

    title: str
    unit: str
    values: Values
    bases: Sequence[Base] = ()
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def against(name: str) -> Base:
    """Ratios of every row to one of them."""
    return Base(f"against {name}", lambda row: None if row == name else name)


def alternate(contestants: Contestants, repetitions: int, *, warm_up: bool = True) -> Values:
    """Measure contestants in turn, A B A B ..., so that a slow moment is shared by all.

    Args:
        contestants: each measures itself once and returns its figure.
        repetitions: figures a contestant.
        warm_up: let everyone run once more, first, without being measured.
    """
    values: Values = {name: [] for name in contestants}
    for repetition in range(-warm_up, repetitions):
        for name, run in contestants.items():
            value = run()
            if repetition >= 0:
                values[name].append(value)
    return values


def ratios(values: Values, name: str, base: str) -> dict[str, float]:
    """Lowest, median and highest of the ratios within each repetition."""
    pairs = zip(values[name], values[base], strict=True)
    return spread([own / other for own, other in pairs if other > 0.0])


def spread(figures: Sequence[float]) -> dict[str, float]:
    """Lowest, median and highest; nothing of nothing."""
    if not figures:
        return {}
    return {"min": min(figures), "median": median(figures), "max": max(figures)}


def to_json(table: Table) -> dict[str, Any]:
    """A table as plain data; what Markdown shows is all in it."""
    rows = []
    for name, values in table.values.items():
        bases = {base.head: base.of(name) for base in table.bases}
        rows.append(
            {
                "name": name,
                "values": [shortened(value) for value in values],
                **_shortened(spread(values)),
                "ratios": {
                    head: _shortened(ratios(table.values, name, base)) | {"to": base}
                    for head, base in bases.items()
                    if base is not None
                },
                "notes": {head: cells.get(name, "") for head, cells in table.notes.items()},
            }
        )
    heads = [base.head for base in table.bases]
    return {"title": table.title, "unit": table.unit, "bases": heads, "rows": rows}


def to_markdown(table: Mapping[str, Any]) -> str:
    """A table, as `to_json` gives it, for people."""
    noted = list(table["rows"][0]["notes"]) if table["rows"] else []
    head = ["", *noted, table["unit"], *table["bases"]]
    lines = [table["title"], "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in table["rows"]:
        ratio_cells = [_cell(row["ratios"].get(base, {})) for base in table["bases"]]
        cells = [row["name"], *(row["notes"][name] for name in noted), _cell(row), *ratio_cells]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(figures: Mapping[str, Any]) -> str:
    """The median, with what lies around it where there are several figures."""
    if "median" not in figures:
        return ""
    low, middle, high = (readable(figures[name]) for name in ("min", "median", "max"))
    return middle if low == high else f"{middle} ({low} to {high})"


def readable(value: float) -> str:
    """Three digits, and never an exponent."""
    if value >= 100.0:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):g}" if value >= 0.001 else f"{value:.1g}"


def shortened(value: float) -> float:
    """A figure with as many digits as a clock can mean."""
    return float(f"{value:.{DIGITS}g}")


def _shortened(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: shortened(value) for name, value in figures.items()}


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Bound the threads of numpy's, scikit-learn's and PyTorch's libraries for a while."""
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with threadpool_limits(count):
            yield
    finally:
        torch.set_num_threads(before)


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
