"""The progress bar of training."""

from __future__ import annotations

import sys
import time
from typing import Any

from hw1.engine.epoch import Epoch

SHOWN_AFTER_SECONDS = 2.0


class FoldProgress:
    """One bar over the epochs of all folds; it appears where training lasts, on a terminal."""

    def __init__(self, folds: int, epochs: int, patience: float = SHOWN_AFTER_SECONDS) -> None:
        self._total = folds * epochs
        self._epochs = epochs
        self._done = 0
        self._shown_from = time.monotonic() + patience
        self._bar: Any = None

    def add(self, fold: str, epoch: Epoch) -> None:
        """Count an epoch; one that ends training counts for all that were planned after it."""
        self._done += 1 + (self._epochs - epoch.number if epoch.last else 0)
        if self._bar is None:
            if time.monotonic() < self._shown_from:
                return
            self._bar = self._open()
        self._bar.set_description(f"fold {fold}", refresh=False)
        if epoch.validation_mse is not None:
            self._bar.set_postfix_str(f"valid_mse={epoch.validation_mse:.4g}", refresh=False)
        self._bar.update(self._done - self._bar.n)

    def _open(self) -> Any:
        from tqdm import tqdm  # a tenth of a second that a short training can do without

        return tqdm(total=self._total, unit="epoch", disable=None, leave=False, file=sys.stderr)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
