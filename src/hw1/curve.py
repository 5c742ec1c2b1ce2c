"""The learning curve: a CSV file that grows while training runs."""

from __future__ import annotations

from math import ceil
from pathlib import Path

from hw1.core.files import names_the_file
from hw1.engine.epoch import Epoch

COLUMNS = ("fold", "epoch", "step", "train_mse", "valid_mse", "learning_rate")
POINTS = 300


class CurveWriter:
    """Writes one line at a time, so that a curve can be watched.

    A fit of many epochs is thinned to about `POINTS` lines, by a rule that depends on the planned
    number of epochs only: the first epoch, every n-th, and the one at which training ends.
    Errors are means over members in squared percentage points; the validation error of a fit
    without validation rows is left blank. A blend's curve is that of its last model fitted in
    epochs, on top of the models before it in its chain. No times, so that the same training gives
    the same bytes.
    """

    def __init__(self, path: Path, planned_epochs: int) -> None:
        self._every = max(1, ceil(planned_epochs / POINTS))
        self._path = path
        with names_the_file(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8", newline="\n")
        self._write(*COLUMNS)

    def add(self, fold: str, epoch: Epoch) -> None:
        """Write an epoch's line if it is due."""
        number = epoch.number
        if number == 1 or number % self._every == 0 or epoch.last:
            errors = _digits(epoch.train_mse()), _digits(epoch.validation_mse)
            self._write(fold, str(number), str(epoch.step), *errors, _digits(epoch.learning_rate))

    def _write(self, *cells: str) -> None:
        with names_the_file(self._path):
            self._file.write(",".join(cells) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file; what was written stays."""
        self._file.close()


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
