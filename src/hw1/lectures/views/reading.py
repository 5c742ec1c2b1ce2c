"""What the losses say, in numbers and words that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Losses = Mapping[str, Mapping[str, Any]]
Verdict = Literal["both", "training", "unseen", "neither"]


def by_size(losses: Losses) -> list[tuple[int, Mapping[str, Any]]]:
    """A family's losses, the smallest model first."""
    return sorted((int(size), loss) for size, loss in losses.items())


def gain_percent(before: float, after: float) -> float:
    """How much lower a loss has become, in percent of what it was."""
    return 100 * (1 - after / before)


def verdict(losses: Losses) -> Verdict:
    """Where the largest model of a family is better than the smallest.

    It must be so by more than the seeds of one model differ.
    """
    sizes = by_size(losses)
    smallest, largest = sizes[0][1], sizes[-1][1]
    spread, in_training = (
        max(loss[name] for loss in losses.values()) for name in ("spread", "training_spread")
    )
    lower = smallest["training"] - largest["training"] > in_training
    better = smallest["unseen"] - largest["unseen"] > spread
    if lower:
        return "both" if better else "training"
    return "unseen" if better else "neither"


def best_of(families: Mapping[str, Losses]) -> tuple[str, int]:
    """Family and size of the model with the lowest loss on the unseen year."""
    return _ranked(families)[0]


def second_of(families: Mapping[str, Losses]) -> tuple[str, int]:
    """Family and size of the model with the lowest loss but one."""
    return _ranked(families)[1]


def _ranked(families: Mapping[str, Losses]) -> list[tuple[str, int]]:
    losses = {
        (family, size): loss["unseen"]
        for family, sizes in families.items()
        for size, loss in by_size(sizes)
    }
    return sorted(losses, key=lambda model: losses[model])
