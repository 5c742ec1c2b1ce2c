"""The experiment's page: what its numbers say, in three sentences, and its pictures."""

from __future__ import annotations

from hw1.lectures.frame.experiment import Metrics
from hw1.lectures.frame.page import render_page

STRONG = 0.5
"""Rank correlation from which on one thing is said to go with the other."""
MOST = 0.5
"""Share of unresolved eigenvalues above which nothing is said of a minimum ratio."""


def page(metrics: Metrics) -> str:
    """The page, in Markdown."""
    return render_page(
        "critical_points",
        metrics,
        trend=trend(metrics["critical"]),
        among=among(metrics),
        unknown=unknown(metrics["large"]),
    )


def among(metrics: Metrics) -> str:
    """The same of the saddles alone."""
    return trend(metrics["critical"].get("saddle", {}))


def unknown(large: Metrics) -> list[str]:
    """The larger networks of which most eigenvalues' signs are unresolved, in backticks."""
    return [f"`{name}`" for name, one in large.items() if one["lanczos"]["unresolved"] > MOST]


def trend(points: Metrics) -> str:
    """Whether the minimum ratio of points goes with their loss: down, up, none or unknown."""
    correlation = points.get("rank_correlation")
    if correlation is None:
        return "unknown"
    if abs(correlation) < STRONG:
        return "none"
    return "down" if correlation < 0 else "up"
