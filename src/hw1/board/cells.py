"""The leaderboard's columns and how their cells are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hw1.evaluation.labels import number, skill_percent

if TYPE_CHECKING:
    from hw1.board.standing import Standing

MARKS = {"best": "-"}


@dataclass(frozen=True)
class Column:
    """A column, which is left out where all its cells are empty, unless it is always there."""

    title: str
    cell: Callable[[Standing], str]
    always: bool = False


def columns_of(metric: str, standings: Sequence[Standing]) -> list[Column]:
    """The columns after the name that say anything of these rows."""
    columns = [
        Column("day", lambda each: each.row.day),
        Column(metric, lambda each: number(each.row.value), always=True),
        Column("±", lambda each: deviation_text(each.row.deviation)),
        Column("runs", _runs),
        Column("skill", lambda each: skill_text(each.row.skill)),
        Column("AUC", lambda each: share_text(each.row.auc)),
        Column("test", lambda each: _number(each.row.test)),
        Column("extrap.", lambda each: each.row.extrapolation or ""),
        Column("fit s", lambda each: seconds_text(each.row.seconds)),
        Column("vs best", verdict_text),
    ]
    return [
        column
        for column in columns
        if column.always or any(column.cell(standing) for standing in standings)
    ]


def deviation_text(value: float | None) -> str:
    """A deviation with two significant digits; empty where it is not known."""
    if value is None:
        return ""
    return f"{value:.2g}" if value == 0 or value >= 0.001 else f"{value:.4f}"


def skill_text(skill: float | None) -> str:
    """Skill in percent; empty where it is not known."""
    return "" if skill is None else skill_percent(skill)


def share_text(share: float | None) -> str:
    """A share of 1 with three decimals; empty where it is not known."""
    return "" if share is None else f"{share:.3f}"


def seconds_text(seconds: float | None) -> str:
    """Seconds with as many digits as matter."""
    if seconds is None:
        return ""
    return f"{seconds:.1f}" if seconds < 99.95 else f"{seconds:,.0f}"


def verdict_text(standing: Standing) -> str:
    """How a row compares with the best; `-` for the best itself."""
    verdict = standing.verdict
    return "" if verdict is None else MARKS.get(verdict, verdict)


def _number(value: float | None) -> str:
    return "" if value is None else number(value)


def _runs(standing: Standing) -> str:
    count = len(standing.row.entries)
    return str(count) if count > 1 else ""
