"""Training that has run away is stopped with a message, not finished with NaN."""

from __future__ import annotations

import numpy as np

from hw1.core.errors import DivergedError
from hw1.fitted.base import Floats


def find_divergence(
    losses: Floats, errors: Floats, rates: Floats, epoch: int, place: str
) -> dict[int, DivergedError]:
    """Find the members with a loss or a validation error that is not finite.

    Args:
        losses: of an epoch's steps, shape [steps, members].
        errors: validation errors after it, shape [members]; of no members without any.
        rates: every member's learning rate at every step, shape [steps, members].
        epoch: its number, from 1.
        place: where this happens, such as "fold 0".

    Returns:
        An error by position of the member, those first that ran away first. It names place, epoch,
        step and learning rate, and what to try.
    """
    steps = len(losses)
    # the validation error comes after the last step
    when = np.full(losses.shape[1], steps + 1)
    when[: len(errors)][~np.isfinite(errors)] = steps
    wrong = ~np.isfinite(losses)
    when = np.where(wrong.any(axis=0), wrong.argmax(axis=0), when)
    found = {}
    for member in np.argsort(when, kind="stable").tolist():
        if when[member] <= steps:
            what = "the validation error" if when[member] == steps else "the loss"
            step = min(int(when[member]), steps - 1)
            rate = float(rates[step, member])
            found[member] = DivergedError(
                f"{place}: {what} is not finite in epoch {epoch}, step {step + 1} of {steps}, at a "
                f"learning rate of {rate:g}. Try a smaller "
                "`train.optimizer.learning_rate` (a tenth of it), some "
                "`train.schedule.warmup_epochs`, or `features.standardise: true`",
                place=place,
                epoch=epoch,
                step=step + 1,
                learning_rate=rate,
            )
    return found
