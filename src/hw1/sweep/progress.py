"""The progress bar of a search."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from hw1.sweep.trial import Outcome

LAYOUT = "{percentage:3.0f}%|{bar:24}| {n_fmt}/{total_fmt} trials{postfix}, {remaining} left"


class SearchProgress:
    """One bar over all trials, with the best so far and trials a minute; on a terminal only.

    Args:
        total: trials of the whole search.
        known: what an earlier start of the search has found.
        objective: which error is shown, "members" or "ensemble".
    """

    def __init__(self, total: int, known: Sequence[Outcome], objective: str) -> None:
        from tqdm import tqdm

        self._objective, self._start = objective, time.monotonic()
        self._told, self._added = len(known), 0
        self._best: tuple[float, int] | None = None
        self._bar: Any = tqdm(
            total=total,
            initial=len(known),
            bar_format=LAYOUT,
            disable=None,
            leave=False,
            file=sys.stderr,
            mininterval=0.2,
        )
        self.catch_up(known)

    def catch_up(self, told: Sequence[Outcome]) -> None:
        """Take account of trials that needed no run, or were run before.

        Args:
            told: all finished trials.
        """
        for outcome in told:
            self._know(outcome)
        self._bar.update(len(told) - self._told)
        self._told = len(told)

    def add(self, outcome: Outcome) -> None:
        """Count a trial that has just been finished."""
        self._know(outcome)
        self._told += 1
        self._added += 1
        minutes = (time.monotonic() - self._start) / 60.0
        words = [f"{self._added / max(minutes, 1e-9):.0f} a minute"]
        if self._best is not None:
            words.append(f"best {self._best[0]:.4f} (trial {self._best[1]})")
        self._bar.set_postfix_str(", ".join(words), refresh=False)
        self._bar.update()

    def _know(self, outcome: Outcome) -> None:
        value = outcome.value(self._objective)
        if value is not None and (self._best is None or (value, outcome.number) < self._best):
            self._best = (value, outcome.number)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()
