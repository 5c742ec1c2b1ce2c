"""Train a stack of networks: epochs of steps, one look at the errors after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture
from hw1.engine.arrays import Arrays, Precision, to_floats
from hw1.engine.backend import Backend, choose_backend, choose_device
from hw1.engine.blocks import Blocks
from hw1.engine.divergence import refuse_divergence
from hw1.engine.epoch import Epoch
from hw1.engine.members import Member
from hw1.engine.rows import Rows, batch_sizes
from hw1.engine.run import Run
from hw1.engine.stopping import FixedEpochs, Patience, Stopping
from hw1.params.train import TrainParams


@dataclass(frozen=True)
class Trained:
    """Trained members.

    Attributes:
        parameters: trained numbers (numpy, float64) of the epoch that each member keeps, shape
            [members, ...].
        statistics: running statistics of batch norm of that epoch, shape [members, ...].
        kept_epochs: that epoch, from 1, for every member.
    """

    parameters: Blocks
    statistics: Blocks
    kept_epochs: list[int]


def train(
    architecture: Architecture,
    params: TrainParams,
    members: Sequence[Member],
    rows: Rows,
    *,
    validation: Rows | None = None,
    kept_epochs: Sequence[int] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    place: str = "training",
    precision: Precision = "single",
    backend: Backend | None = None,
) -> Trained:
    """Train networks of one shape, all of them side by side.

    Args:
        architecture: the networks' shape.
        params: epochs, batch size, optimizer, schedule, penalties and early stopping.
        members: what tells them apart; equal ones become equal, whatever stands beside them.
        rows: what to train on.
        validation: what early stopping and the learning curve judge by.
        kept_epochs: how long each member trains; None leaves it to `params`.
        on_epoch: called after every epoch.
        place: named in errors, such as "fold 0".
        precision: of parameters and features.
        backend: what computes; None chooses by architecture, device and size.

    Raises:
        Hw1Error: a loss is not finite any more, early stopping has nothing to judge by, or
            there is no GPU where one is asked for.
    """
    stopping = _stopping(params, len(members), validation, kept_epochs)
    if backend is None:
        backend = _backend(architecture, params, len(members), len(rows.x), precision)
    run = Run(
        architecture=architecture,
        params=params,
        members=members,
        rows=rows,
        validation=validation,
        backend=backend,
    )
    number = 0
    while run.active:
        number += 1
        # what overflows is found and told below
        with np.errstate(over="ignore", invalid="ignore"):
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
    arrays = backend.arrays
    parameters = _in_numpy(arrays, run.kept_parameters)
    return Trained(parameters, _in_numpy(arrays, run.kept_statistics), stopping.kept)


def _backend(
    architecture: Architecture, params: TrainParams, members: int, rows: int, precision: Precision
) -> Backend:
    batches = batch_sizes(rows, params.batch_size)
    steps = params.epochs * len(batches)
    device = choose_device(params.device, architecture, members, batches[0], steps)
    return choose_backend(architecture, device, precision)


def _in_numpy(arrays: Arrays, blocks: Blocks) -> Blocks:
    return Blocks(blocks.shapes, to_floats(arrays, blocks.flat))


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
