"""The progress bar of training."""

from __future__ import annotations

import sys
from typing import Any

from hw1.engine.epoch import Epoch

SHOWN_AFTER_SECONDS = 2.0


class FoldProgress:
    """One bar over the epochs of all folds; it appears where training lasts, on a terminal."""

    def __init__(self, folds: int, epochs: int) -> None:
        from tqdm import tqdm

        self._epochs = epochs
        self._bar: Any = tqdm(
            total=folds * epochs,
            unit="epoch",
            delay=SHOWN_AFTER_SECONDS,
            disable=None,
            leave=False,
            file=sys.stderr,
        )

    def add(self, fold: str, epoch: Epoch) -> None:
        """Count an epoch; one that ends training counts for all that were planned after it."""
        self._bar.set_description(f"fold {fold}", refresh=False)
        if epoch.validation_mse is not None:
            self._bar.set_postfix_str(f"valid_mse={epoch.validation_mse:.4g}", refresh=False)
        self._bar.update(1 + (self._epochs - epoch.number if epoch.last else 0))

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()
