"""Skill on held-out rows, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from hw1.fitted.base import Floats
from hw1.lectures.diagnose.decision import Lost
from hw1.models.design import Part


@dataclass(frozen=True)
class Skill:
    """Share of persistence's error that a model saves; 1 is all, below 0 it does worse.

    Attributes:
        value: the share; None of a model that diverges.
        rows: how many rows of equal weight would say as much (Kish 1965).
        pull: by state, how far it pulls the value away from that of all states.
    """

    value: float | None
    rows: float
    pull: dict[str, float]


def skill_of(squares: Floats, parts: Sequence[Part], odds: Floats | None = None) -> Skill:
    """A model's skill.

    Args:
        squares: its squared errors, shape [rows].
        parts: the rows they are of, one part after the other.
        odds: what every row counts beside its own weight, shape [rows]; None for 1.
    """
    weight = np.concatenate([part.weight for part in parts])
    still = np.concatenate([(part.target - part.known) ** 2 for part in parts])
    states = np.concatenate([part.states for part in parts])
    weights = weight if odds is None else weight * odds
    rows = float(weights.sum() ** 2 / (weights**2).sum())
    total = float((weights * still).sum())
    if not np.isfinite(squares).all() or total == 0.0:
        return Skill(None, rows, {})
    ratio = float((weights * squares).sum()) / total
    apart = weights * (ratio * still - squares) / total
    return Skill(
        1.0 - ratio,
        rows,
        {name: float(apart[states == name].sum()) for name in sorted(set(states))},
    )


def lost(usual: Skill, other: Skill) -> Lost | None:
    """The skill that is lost on other rows; None where either is unknown.

    States are what varies independently: windows of one state are much alike. The standard error
    is that of a ratio of sums over states, to first order.
    """
    if usual.value is None or other.value is None:
        return None
    states = sorted({*usual.pull, *other.pull})
    pulls = [usual.pull.get(name, 0.0) - other.pull.get(name, 0.0) for name in states]
    correction = len(states) / max(len(states) - 1, 1)
    return Lost(usual.value - other.value, sqrt(correction * sum(pull**2 for pull in pulls)))
