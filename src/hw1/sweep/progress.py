"""The progress bar of a search."""

from __future__ import annotations

import sys
import time
from typing import Any

from hw1.sweep.trial import Outcome

LAYOUT = "{percentage:3.0f}%|{bar:24}| {n_fmt}/{total_fmt} trials{postfix}, {remaining} left"


class SearchProgress:
    """One bar over all trials, with the best so far and trials a minute; on a terminal only.

    Args:
        total: trials of the whole search.
        done: those that an earlier start has finished.
        objective: which error is shown, "members" or "ensemble".
    """

    def __init__(self, total: int, done: int, objective: str) -> None:
        from tqdm import tqdm

        self._objective, self._start, self._told = objective, time.monotonic(), 0
        self._best: tuple[float, int] | None = None
        self._bar: Any = tqdm(
            total=total,
            initial=done,
            bar_format=LAYOUT,
            disable=None,
            leave=False,
            file=sys.stderr,
            mininterval=0.2,
        )

    def know(self, outcome: Outcome) -> None:
        """Take account of a trial that was finished before."""
        value = outcome.value(self._objective)
        if value is not None and (self._best is None or (value, outcome.number) < self._best):
            self._best = (value, outcome.number)

    def add(self, outcome: Outcome) -> None:
        """Count a trial that has just been finished."""
        self.know(outcome)
        self._told += 1
        words = [f"{self.trials_a_minute:.0f} a minute"]
        if self._best is not None:
            words.append(f"best {self._best[0]:.4f} (trial {self._best[1]})")
        self._bar.set_postfix_str(", ".join(words), refresh=False)
        self._bar.update()

    @property
    def trials_a_minute(self) -> float:
        """Of those that have been added."""
        return 60.0 * self._told / max(time.monotonic() - self._start, 1e-9)

    @property
    def seconds(self) -> float:
        """Since the bar began."""
        return time.monotonic() - self._start

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()
