"""Training of a stack by LARS or LAMB, step for step as `hw1.engine` trains by its own rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hw1.engine.architecture import Architecture
from hw1.engine.backend import Backend, choose_backend
from hw1.engine.blocks import Blocks
from hw1.engine.members import Member, learning_rates, weight_decays
from hw1.engine.randomness import Randomness
from hw1.engine.rows import Rows, batch_sizes
from hw1.engine.schedules import learning_rate_factor
from hw1.engine.squad import Squad
from hw1.engine.stack import Stack
from hw1.engine.tables import Tables
from hw1.lectures.batch_size.layerwise import LAYERWISE, LayerwiseName
from hw1.params.train import TrainParams


class LayerwiseStack(Stack):
    """A stack whose optimizer is LARS or LAMB; see `Stack` for the other arguments.

    Args:
        rule: which of them.
    """

    def __init__(
        self,
        rule: LayerwiseName,
        architecture: Architecture,
        params: TrainParams,
        members: Sequence[Member],
        *,
        randomness: Randomness,
        backend: Backend,
    ) -> None:
        super().__init__(architecture, params, members, randomness, backend)
        self._optimizer = LAYERWISE[rule](
            self.parameters.shapes,
            params.optimizer,
            backend.arrays,
            rates=learning_rates(members, params),
            decays=weight_decays(members, params),
            parameters=self.parameters.flat,
        )


def train_layerwise(
    rule: LayerwiseName,
    architecture: Architecture,
    params: TrainParams,
    members: Sequence[Member],
    rows: Rows,
) -> Blocks:
    """Train networks side by side by LARS or LAMB, on the processor, to the last epoch.

    Args:
        rule: which of them.
        architecture: the networks' shape; without dropout.
        params: epochs, batch size, momentum and schedule.
        members: what tells them apart.
        rows: what to train on.

    Returns:
        Trained parameters (numpy, float64), shape [members, ...]; not finite for members that ran
        away.
    """
    backend = choose_backend(architecture, "cpu", "single")
    squad = Squad(range(len(members)), members, architecture, params, backend)
    # the same seeds again, so that the networks begin where the squad's own stack began
    first = Randomness([member.seed for member in members])
    squad.stack = LayerwiseStack(
        rule, architecture, params, members, randomness=first, backend=backend
    )
    tables = Tables([rows], backend.arrays)
    batches = batch_sizes(len(rows.x), params.batch_size)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for epoch in range(params.epochs):
            times = [epoch + step / len(batches) for step in range(len(batches))]
            factors = [
                learning_rate_factor(params.schedule, time, params.epochs, len(batches))
                for time in times
            ]
            squad.epoch(tables, batches, factors)
    parameters = squad.stack.parameters
    return Blocks(parameters.shapes, backend.arrays.to_floats(parameters.flat))
