"""Train a stack of networks: epochs of steps, one look at the errors after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from hw1.engine.architecture import Architecture
from hw1.engine.blocks import Blocks
from hw1.engine.divergence import refuse_divergence
from hw1.engine.epoch import Epoch
from hw1.engine.rows import Rows
from hw1.engine.run import Run
from hw1.engine.stopping import FixedEpochs, Patience, Stopping
from hw1.errors import Hw1Error
from hw1.params.train import TrainParams


@dataclass(frozen=True)
class Trained:
    """Trained members.

    Attributes:
        parameters: trained tensors of the epoch that each member keeps, shape [members, ...].
        statistics: running statistics of batch norm of that epoch, shape [members, ...].
        kept_epochs: that epoch, from 1, for every member.
    """

    parameters: Blocks
    statistics: Blocks
    kept_epochs: list[int]


def train(
    architecture: Architecture,
    params: TrainParams,
    seeds: Sequence[int],
    rows: Rows,
    *,
    validation: Rows | None = None,
    kept_epochs: Sequence[int] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    place: str = "training",
    dtype: torch.dtype = torch.float32,
) -> Trained:
    """Train one member for every seed, all of them side by side.

    Args:
        architecture: the networks' shape.
        params: epochs, batch size, optimizer, schedule, penalties and early stopping.
        seeds: one a member; equal seeds give equal members, whatever stands beside them.
        rows: what to train on.
        validation: what early stopping and the learning curve judge by.
        kept_epochs: how long each member trains; None leaves it to `params`.
        on_epoch: called after every epoch.
        place: named in errors, such as "fold 0".
        dtype: precision of parameters and features.

    Raises:
        Hw1Error: a loss is not finite any more, or early stopping has nothing to judge by.
    """
    stopping = _stopping(params, len(seeds), validation, kept_epochs)
    run = Run(
        architecture=architecture,
        params=params,
        seeds=seeds,
        rows=rows,
        validation=validation,
        dtype=dtype,
    )
    number = 0
    while run.active:
        number += 1
        losses, rates = run.epoch(number)
        errors = run.validation_errors()
        refuse_divergence(losses, errors, rates, number, place)
        keeping, finished = stopping.after(number, run.active, errors)
        run.keep(keeping)
        run.let_go(finished)
        if on_epoch is not None:
            step, last = number * len(rates), not run.active
            mse = run.mean_validation_error()
            on_epoch(Epoch(number, step, rates[-1], mse, run.mean_train_error, last))
    return Trained(run.kept_parameters, run.kept_statistics, stopping.kept)


def _stopping(
    params: TrainParams,
    members: int,
    validation: Rows | None,
    kept_epochs: Sequence[int] | None,
) -> Stopping:
    patience = params.early_stopping.patience
    if kept_epochs is not None:
        return FixedEpochs(kept_epochs)
    if patience is None:
        return FixedEpochs([params.epochs] * members)
    if validation is None:
        raise Hw1Error(
            "early stopping needs validation rows; set `train.early_stopping.patience` to null"
        )
    return Patience(members, patience, params.epochs)
