"""Training that has run away is stopped with a message, not finished with NaN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor

from hw1.errors import Hw1Error
from hw1.fitted.base import Floats


def refuse_divergence(
    losses: Tensor, errors: Floats | None, rates: Sequence[float], epoch: int, place: str
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
    finite = torch.isfinite(losses).all(dim=1).cpu()
    if not bool(finite.all()):
        step = int(finite.logical_not().nonzero()[0])
        _stop("the loss", place, epoch, step, rates)
    if errors is not None and not np.isfinite(errors).all():
        _stop("the validation error", place, epoch, len(rates) - 1, rates)


def _stop(what: str, place: str, epoch: int, step: int, rates: Sequence[float]) -> NoReturn:
    raise Hw1Error(
        f"{place}: {what} is not finite in epoch {epoch}, step {step + 1} of {len(rates)}, at a "
        f"learning rate of {rates[step]:g}. Try a smaller `train.optimizer.learning_rate` (a tenth "
        "of it), some `train.schedule.warmup_epochs`, or `features.standardise: true`"
    )
