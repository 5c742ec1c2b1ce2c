"""Training that has run away is stopped with a message, not finished with NaN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from hw1.core.errors import Hw1Error
from hw1.fitted.base import Floats


def refuse_divergence(
    losses: Floats, errors: Floats | None, rates: Sequence[float], epoch: int, place: str
) -> None:
    """Stop at the first loss or validation error that is not finite.

    Args:
        losses: of an epoch's steps, shape [steps, members].
        errors: validation errors after it, shape [members], or None.
        rates: the steps' learning rates.
        epoch: its number, from 1.
        place: where this happens, such as "fold 0".

    Raises:
        Hw1Error: it names place, epoch, step and learning rate, and what to try.
    """
    finite = np.isfinite(losses).all(axis=1)
    if not finite.all():
        _stop("the loss", place, epoch, int(np.argmin(finite)), rates)
    if errors is not None and not np.isfinite(errors).all():
        _stop("the validation error", place, epoch, len(rates) - 1, rates)


def _stop(what: str, place: str, epoch: int, step: int, rates: Sequence[float]) -> NoReturn:
    raise Hw1Error(
        f"{place}: {what} is not finite in epoch {epoch}, step {step + 1} of {len(rates)}, at a "
        f"learning rate of {rates[step]:g}. Try a smaller `train.optimizer.learning_rate` (a tenth "
        "of it), some `train.schedule.warmup_epochs`, or `features.standardise: true`"
    )
