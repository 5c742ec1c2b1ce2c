"""Seconds of training, device by device."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture
from hw1.engine.backend import choose_backend, choose_device
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import Training
from hw1.lectures.batch_size.budget import BatchSize, rows_of_batch, updates_an_epoch
from hw1.params.train import TrainParams


def devices_for(architecture: Architecture) -> list[str]:
    """The processor, and a GPU where there is one."""
    try:
        return ["cpu", choose_device("cuda", architecture, 1, 1, 1)]
    except Hw1Error:
        return ["cpu"]


def seconds_an_epoch(
    architecture: Architecture, params: TrainParams, rows: Rows, device: str, epochs: int
) -> float:
    """Seconds of the quickest of several epochs of one network; what slows the others is chance.

    An epoch ends when its losses are known, so a GPU is waited for. One more epoch before them
    makes the buffers.

    Args:
        architecture: the network's shape.
        params: optimizer and batch size.
        rows: what to train on.
        device: "cpu" or "cuda".
        epochs: how many are measured.
    """
    planned = params.model_copy(update={"epochs": epochs + 1})
    backend = choose_backend(architecture, device, "single")
    training = Training(
        architecture, planned, [Member(params.seed)], rows, backend=backend, tolerant=True
    )
    training.epoch()
    quickest = float("inf")
    while training.active:
        start = perf_counter()
        training.epoch()
        quickest = min(quickest, perf_counter() - start)
    return quickest


def measure(
    architecture: Architecture,
    params: TrainParams,
    rows: Rows,
    *,
    sizes: list[BatchSize],
    rounds: int,
    epochs: int,
    updates: int,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Seconds by device and rows of a batch.

    Sizes are measured in turns, so that what slows the machine for a while slows no size alone.

    Args:
        architecture: the network's shape.
        params: optimizer; batch size and epochs are put in.
        rows: what to train on.
        sizes: of batches.
        rounds: how often every size is measured.
        epochs: of a round at least.
        updates: epochs go on until so many are done.
    """
    count = len(rows.x)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for device in devices_for(architecture):
        quickest: dict[BatchSize, float] = dict.fromkeys(sizes, float("inf"))
        for size in sizes * rounds:
            used = params.model_copy(update={"batch_size": size, "device": device})
            times = max(epochs, -(-updates // updates_an_epoch(size, count)))
            seconds = seconds_an_epoch(architecture, used, rows, device, times)
            quickest[size] = min(quickest[size], seconds)
        found[device] = {
            str(rows_of_batch(size, count)): {
                "updates_an_epoch": updates_an_epoch(size, count),
                "seconds_an_epoch": seconds,
                "seconds_an_update": seconds / updates_an_epoch(size, count),
            }
            for size, seconds in quickest.items()
        }
    return found
