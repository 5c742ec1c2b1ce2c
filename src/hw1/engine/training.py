"""Train a stack of networks: epochs of steps, one look at the errors after each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture
from hw1.engine.arrays import Arrays, Precision
from hw1.engine.backend import Backend, choose_backend, choose_device
from hw1.engine.blocks import Blocks
from hw1.engine.divergence import find_divergence
from hw1.engine.epoch import Epoch
from hw1.engine.members import Member, learning_rates
from hw1.engine.rows import Rows, batch_sizes
from hw1.engine.run import Run
from hw1.engine.stopping import FixedEpochs, Patience, Stopping
from hw1.engine.tables import Tables, tables_of
from hw1.fitted.base import Floats
from hw1.params.train import TrainParams


@dataclass(frozen=True)
class Trained:
    """Trained members.

    Attributes:
        parameters: trained numbers (numpy, float64) of the epoch that each member keeps, shape
            [members, ...].
        statistics: running statistics of batch norm of that epoch, shape [members, ...].
        kept_epochs: that epoch, from 1, for every member; 0 if it keeps what it began with.
    """

    parameters: Blocks
    statistics: Blocks
    kept_epochs: list[int]


class Training:
    """Networks of one shape in training side by side, an epoch at a time.

    On the processor a member becomes, to the last bit, what it would become alone, with its values
    in `params` and its table the only one: whatever stands beside it, and whatever becomes of that.
    It takes gradients that are written out; those that PyTorch finds agree but for rounding.

    Args:
        architecture: the networks' shape.
        params: epochs, batch size, optimizer, schedule, penalties and early stopping.
        members: what tells them apart.
        rows: what to train on; several tables are of one shape, and members say which is theirs.
        validation: what early stopping and the learning curve judge by; as many tables.
        kept_epochs: how long each member trains; None leaves it to `params`.
        place: named in errors, such as "fold 0".
        precision: of parameters and features.
        backend: what computes; None chooses by architecture, device and size.
        tolerant: whether the others go on when a member diverges.

    Attributes:
        diverged: by member, why its training ended before its time.

    Raises:
        Hw1Error: early stopping has nothing to judge by, or there is no GPU where one is asked for.
        ValueError: tables differ in shape, a member's is not there, or targets do not fit the
            architecture's outputs or its loss.
    """

    def __init__(
        self,
        architecture: Architecture,
        params: TrainParams,
        members: Sequence[Member],
        rows: Rows | Sequence[Rows],
        *,
        validation: Rows | Sequence[Rows] | None = None,
        kept_epochs: Sequence[int] | None = None,
        place: str = "training",
        precision: Precision = "single",
        backend: Backend | None = None,
        tolerant: bool = False,
    ) -> None:
        tables = tables_of(rows)
        judges = None if validation is None else tables_of(validation)
        _check_tables(members, tables, judges)
        _check_targets(architecture, [*tables, *(judges or [])])
        self._stopping = _stopping(params, len(members), judges is not None, kept_epochs)
        if backend is None:
            backend = _backend(architecture, params, len(members), len(tables[0].x), precision)
        self._arrays = backend.arrays
        self._run = Run(
            architecture=architecture,
            params=params,
            members=members,
            rows=Tables(tables, backend.arrays),
            validation=None if judges is None else Tables(judges, backend.arrays),
            backend=backend,
        )
        self._judged = judges is not None
        self._common_rate = params.optimizer.learning_rate
        self._rates = np.array(learning_rates(members, params))
        self._kept_epochs = [0] * len(members)
        self._number = 0
        self._place, self._tolerant = place, tolerant
        self.diverged: dict[int, str] = {}

    @property
    def active(self) -> list[int]:
        """The members still in training, ascending."""
        return self._run.active

    @property
    def errors(self) -> Floats:
        """Every member's latest validation error in squared percentage points, shape [members].

        Of one that has finished it is that of the weights it keeps. NaN without validation rows,
        before the first epoch, and of one that has diverged.
        """
        return self._run.validation_errors.copy()

    def epoch(self) -> Epoch:
        """Take the next epoch, judge, and end the training of those that have finished.

        Raises:
            DivergedError: a loss or a validation error is not finite any more, unless that is
                tolerated.
            ValueError: nobody is in training.
        """
        if not self.active:
            raise ValueError("no member is in training any more")
        self._number += 1
        # what overflows is found and told below
        with np.errstate(over="ignore", invalid="ignore"):
            losses, factors = self._run.epoch(self._number)
            self._run.judge()
        self._meet_divergence(losses, factors)
        active = self.active
        errors = self._run.validation_errors[active] if self._judged else None
        keeping, finished = self._stopping.after(self._number, active, errors)
        self._keep(keeping)
        self._run.let_go(finished)
        return Epoch(
            number=self._number,
            step=self._number * len(factors),
            learning_rate=self._common_rate * factors[-1],
            validation_mse=self._mean(self._run.validation_errors) if self._judged else None,
            train_mse=lambda: self._mean(self._run.train_errors()),
            last=not self.active,
        )

    def let_go(self, members: Sequence[int]) -> None:
        """End the training of some members, which keep the weights they have now.

        Those that have finished before keep what they kept.
        """
        leaving = sorted(set(members) & set(self.active))
        self._keep(leaving)
        self._run.let_go(leaving)

    def trained(self) -> Trained:
        """What every member keeps, or keeps so far."""
        run, arrays = self._run, self._arrays
        parameters = _in_numpy(arrays, run.kept_parameters)
        return Trained(parameters, _in_numpy(arrays, run.kept_statistics), list(self._kept_epochs))

    def _keep(self, members: Sequence[int]) -> None:
        self._run.keep(members)
        for member in members:
            self._kept_epochs[member] = self._number

    def _meet_divergence(self, losses: Floats, factors: Sequence[float]) -> None:
        """Stop, or go on without the members that have run away."""
        active = self.active
        errors = self._run.validation_errors[active] if self._judged else np.empty(0)
        rates = np.outer(factors, self._rates[active])
        found = find_divergence(losses, errors, rates, self._number, self._place)
        if found and not self._tolerant:
            raise next(iter(found.values()))
        told = {active[position]: str(problem) for position, problem in found.items()}
        self.diverged |= told
        self._run.let_go(list(told))
        self._run.validation_errors[list(told)] = np.nan

    def _mean(self, errors: Floats) -> float:
        """Mean over all members that have not diverged."""
        sound = [member for member in range(len(errors)) if member not in self.diverged]
        return float(errors[sound].mean()) if sound else float("nan")


def train(
    architecture: Architecture,
    params: TrainParams,
    members: Sequence[Member],
    rows: Rows | Sequence[Rows],
    *,
    validation: Rows | Sequence[Rows] | None = None,
    kept_epochs: Sequence[int] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    place: str = "training",
    precision: Precision = "single",
    backend: Backend | None = None,
) -> Trained:
    """Train networks of one shape, all of them side by side, to the end; see `Training`.

    Args:
        architecture: the networks' shape.
        params: epochs, batch size, optimizer, schedule, penalties and early stopping.
        members: what tells them apart; equal ones become equal, whatever stands beside them.
        rows: what to train on, one table or several.
        validation: what early stopping and the learning curve judge by, as many tables.
        kept_epochs: how long each member trains; None leaves it to `params`.
        on_epoch: called after every epoch.
        place: named in errors, such as "fold 0".
        precision: of parameters and features.
        backend: what computes; None chooses by architecture, device and size.

    Raises:
        DivergedError: a loss or a validation error is not finite any more.
        Hw1Error: early stopping has nothing to judge by, or there is no GPU where one is asked for.
        ValueError: tables differ in shape, a member's is not there, or targets do not fit the
            architecture's outputs or its loss.
    """
    training = Training(
        architecture,
        params,
        members,
        rows,
        validation=validation,
        kept_epochs=kept_epochs,
        place=place,
        precision=precision,
        backend=backend,
    )
    while training.active:
        epoch = training.epoch()
        if on_epoch is not None:
            on_epoch(epoch)
    return training.trained()


def _check_tables(
    members: Sequence[Member], tables: Sequence[Rows], judges: Sequence[Rows] | None
) -> None:
    if judges is not None and len(judges) != len(tables):
        raise ValueError(f"{len(tables)} tables to train on have {len(judges)} to be judged by")
    for member in members:
        if not 0 <= member.table < len(tables):
            raise ValueError(f"a member's table is {member.table}, but there are {len(tables)}")


def _check_targets(architecture: Architecture, tables: Sequence[Rows]) -> None:
    outputs = architecture.outputs
    for table in tables:
        wanted = (len(table.x),) if outputs == 1 else (len(table.x), outputs)
        if table.y.shape != wanted:
            raise ValueError(
                f"targets of {len(table.x)} rows and a network of {outputs} outputs need shape "
                f"{wanted}, not {table.y.shape}"
            )
        if architecture.loss == "cross_entropy" and not ((table.y >= 0) & (table.y <= 1)).all():
            raise ValueError("targets of cross-entropy need to lie in 0..1")


def _backend(
    architecture: Architecture, params: TrainParams, members: int, rows: int, precision: Precision
) -> Backend:
    batches = batch_sizes(rows, params.batch_size)
    steps = params.epochs * len(batches)
    device = choose_device(params.device, architecture, members, batches[0], steps)
    return choose_backend(architecture, device, precision)


def _in_numpy(arrays: Arrays, blocks: Blocks) -> Blocks:
    return Blocks(blocks.shapes, arrays.to_floats(blocks.flat))


def _stopping(
    params: TrainParams,
    members: int,
    judged: bool,
    kept_epochs: Sequence[int] | None,
) -> Stopping:
    patience = params.early_stopping.patience
    if kept_epochs is not None:
        return FixedEpochs(kept_epochs)
    if patience is None:
        return FixedEpochs([params.epochs] * members)
    if not judged:
        raise Hw1Error(
            "early stopping needs validation rows; set `train.early_stopping.patience` to null"
        )
    return Patience(members, patience, params.epochs)
