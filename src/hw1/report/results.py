"""What came out: learning curves, predictions, and where the error comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hw1.board.cells import skill_text
from hw1.evaluation.labels import number
from hw1.report.blocks import Block, Figure, Line, Section, Table
from hw1.report.files import Files


def result_sections(files: Files, pictures: Mapping[str, bytes]) -> Iterator[Section]:
    """Learning, predictions and breakdowns, as far as the files show them."""
    yield from _pictured("Learning curves", "learning_curve", pictures, "error by epoch")
    yield from _pictured(
        "Predicted against true", "predicted", pictures, "predicted against true positivity"
    )
    blocks: list[Block] = [*_figures("by_level", pictures, "error by level of positivity")]
    if files.by_level:
        blocks.append(_levels(files))
    blocks += _figures("by_state", pictures, "error by state")
    if files.by_state:
        blocks.append(_states(files))
    if blocks:
        yield Section("Where the error comes from", tuple(blocks))


def _pictured(title: str, name: str, pictures: Mapping[str, bytes], alt: str) -> Iterator[Section]:
    figures = tuple(_figures(name, pictures, alt))
    if figures:
        yield Section(title, figures)


def _figures(name: str, pictures: Mapping[str, bytes], alt: str) -> Iterator[Figure]:
    png = pictures.get(f"{name}.png")
    if png is not None:
        yield Figure(png, alt)


def _levels(files: Files) -> Table:
    lines = tuple(
        Line((f"{float(row['level_low']):.2f} to {float(row['level_high']):.2f}", *rest))
        for row, rest in ((row, _errors(files, row)) for row in files.by_level)
    )
    return Table(("last known positivity (%)", *_head(files)), lines)


def _states(files: Files) -> Table:
    rows = sorted(files.by_state, key=lambda row: (-float(row["mse"]), row["state"]))
    lines = tuple(Line((row["state"], *_errors(files, row))) for row in rows)
    return Table(("state", *_head(files)), lines, folded=f"All {len(rows)} states in numbers")


def _head(files: Files) -> tuple[str, ...]:
    return ("rows", files.metric.upper(), "persistence", "skill", "bias")


def _errors(files: Files, row: Mapping[str, str]) -> tuple[str, ...]:
    skill = row.get("skill") or ""
    return (
        f"{int(row['rows']):,}",
        number(files.own(float(row["mse"]))),
        number(files.own(float(row["persistence_mse"]))),
        skill_text(float(skill)) if skill else "",
        f"{float(row['bias']):+.2f}",
    )
