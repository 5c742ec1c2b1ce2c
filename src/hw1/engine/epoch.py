"""What is reported after every epoch of training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Epoch:
    """What is known after an epoch.

    Attributes:
        number: from 1.
        step: steps taken so far.
        learning_rate: of the last step; None for models that are not fitted in steps.
        validation_mse: mean over members, squared percentage points; None without validation rows.
            A member that has finished counts with the weights it keeps.
        train_mse: computes the same for the training rows, only where somebody asks.
        last: whether training ends here.
    """

    number: int
    step: int
    learning_rate: float | None
    validation_mse: float | None
    train_mse: Callable[[], float]
    last: bool
