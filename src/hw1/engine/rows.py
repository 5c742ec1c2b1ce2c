"""Rows that a stack learns from or is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hw1.fitted.base import Floats


@dataclass(frozen=True)
class Rows:
    """Rows of features, and how outputs on them are judged.

    Attributes:
        x: features, shape [rows, features].
        y: targets on the fitted scale, shape [rows], or [rows, outputs] where there are several.
        errors: from outputs of shape [members, rows], or [members, rows, outputs], to every
            member's mean squared error in squared percentage points (of probabilities: the Brier
            score), shape [members].
    """

    x: Floats
    y: Floats
    errors: Callable[[Floats], Floats]


def batch_sizes(rows: int, batch_size: int | Literal["full"]) -> list[int]:
    """Rows of every step of an epoch; the last step takes what is left."""
    size = rows if batch_size == "full" else min(batch_size, rows)
    left = rows % size
    return [size] * (rows // size) + ([left] if left else [])
