"""Trainings with batches of every size, after the same epochs and after the same updates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from hw1.engine.blocks import Blocks
from hw1.engine.members import Member
from hw1.engine.training import Training
from hw1.lectures.batch_size.budget import (
    BatchSize,
    epochs_of_updates,
    rows_of_batch,
    updates_an_epoch,
)
from hw1.lectures.batch_size.ground import Errors, Ground
from hw1.lectures.batch_size.params import BatchSizeParams

View = Literal["same_epochs", "same_updates", "own_rate"]
VIEWS: tuple[View, ...] = ("same_epochs", "same_updates", "own_rate")


@dataclass(frozen=True)
class Runs:
    """One network for every seed, all else equal.

    Attributes:
        batch: rows of a batch.
        learning_rate: of all of them.
        epochs: how long they learnt.
        updates: how many steps that were.
        parameters: what they have learnt, shape [seeds, ...].
        errors: of every seed.
        edge: whether the rate is the best of several, but the lowest or the highest of them.
    """

    batch: int
    learning_rate: float
    epochs: int
    updates: int
    parameters: Blocks
    errors: Errors
    edge: bool = False

    @property
    def diverged(self) -> int:
        """How many seeds ran away."""
        return int(np.isnan(self.errors.held_out).sum())


def seeds_of(params: BatchSizeParams) -> range:
    """The seeds of all trainings."""
    return range(params.seed, params.seed + params.seeds)


def run_all(params: BatchSizeParams, ground: Ground) -> dict[View, list[Runs]]:
    """Train with every batch size.

    Returns:
        By view, one entry a batch size: after the same epochs at the same learning rate, after the
        same updates at that rate, and after the same epochs at the rate of every size's own that
        has the lowest error on the rows to choose by.
    """
    found: dict[View, list[Runs]] = {view: [] for view in VIEWS}
    for batch in params.batch_sizes:
        rates = candidate_rates(params, batch)
        runs = train_plain(params, ground, batch, epochs=params.epochs, rates=rates)
        found["same_epochs"].append(runs[rates.index(params.learning_rate)])
        found["own_rate"].append(best_of(runs))
        epochs = epochs_of_updates(batch, params.rows, params.updates)
        found["same_updates"] += train_plain(
            params, ground, batch, epochs=epochs, rates=[params.learning_rate]
        )
    return found


def candidate_rates(params: BatchSizeParams, batch: BatchSize) -> list[float]:
    """The learning rates that a batch size may choose from, ascending.

    They lie around the common one times how many times larger than `small` the batch is, by the
    linear rule (Goyal et al. 2017, arXiv:1706.02677).
    """
    centre = params.learning_rate * rows_of_batch(batch, params.rows) / params.small
    return sorted({params.learning_rate, *(centre * factor for factor in params.rate_factors)})


def best_of(runs: Sequence[Runs]) -> Runs:
    """The runs with the lowest mean error on the rows to choose by, of those without a runaway.

    If all ran away, the first, which have the lowest rate.
    """
    sound = [one for one in runs if one.diverged == 0]
    best = min(sound, key=lambda one: float(one.errors.choosing.mean()), default=runs[0])
    return replace(best, edge=len(runs) > 1 and (best is runs[0] or best is runs[-1]))


def train_plain(
    params: BatchSizeParams,
    ground: Ground,
    batch: BatchSize,
    *,
    epochs: int,
    rates: Sequence[float],
    schedule: dict[str, Any] | None = None,
) -> list[Runs]:
    """Train by gradient descent with momentum, all seeds at all rates side by side.

    Args:
        params: section `batch_size:`.
        ground: what to learn from.
        batch: rows of a batch.
        epochs: how long.
        rates: learning rates.
        schedule: what differs from a constant rate.

    Returns:
        One entry a rate.
    """
    used = ground.params.model_copy(
        update={
            "epochs": epochs,
            "batch_size": batch,
            "schedule": ground.params.schedule.model_copy(update=schedule or {}),
        }
    )
    members = members_of(params, rates)
    training = Training(ground.architecture, used, members, ground.rows, tolerant=True)
    while training.active:
        training.epoch()
    parameters = training.trained().parameters
    # the engine gives these the weights they began with
    parameters.flat[list(training.diverged)] = np.nan
    return split_by_rate(params, ground, batch, parameters, epochs=epochs, rates=rates)


def members_of(params: BatchSizeParams, rates: Sequence[float]) -> list[Member]:
    """All seeds at the first rate, all seeds at the next, and so on."""
    return [Member(seed, learning_rate=rate) for rate in rates for seed in seeds_of(params)]


def split_by_rate(
    params: BatchSizeParams,
    ground: Ground,
    batch: BatchSize,
    parameters: Blocks,
    *,
    epochs: int,
    rates: Sequence[float],
) -> list[Runs]:
    """One entry a rate of what members in the order of `members_of` have learnt."""
    pieces = [
        Blocks(parameters.shapes, parameters.flat[start : start + params.seeds])
        for start in range(0, parameters.members, params.seeds)
    ]
    updates = epochs * updates_an_epoch(batch, params.rows)
    size = rows_of_batch(batch, params.rows)
    return [
        Runs(size, rate, epochs, updates, piece, ground.errors(piece))
        for rate, piece in zip(rates, pieces, strict=True)
    ]
