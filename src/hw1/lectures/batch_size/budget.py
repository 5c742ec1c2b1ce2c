"""Batches of equal size, and how many epochs make how many updates."""

from __future__ import annotations

from typing import Literal

BatchSize = int | Literal["full"]


def rows_of_batch(batch: BatchSize, rows: int) -> int:
    """How many rows a batch has."""
    return rows if batch == "full" else batch


def updates_an_epoch(batch: BatchSize, rows: int) -> int:
    """How often the weights are updated in an epoch.

    Raises:
        ValueError: the batches would not be of one size.
    """
    size = rows_of_batch(batch, rows)
    if rows % size:
        raise ValueError(f"a batch of {size} rows does not divide {rows} rows evenly")
    return rows // size


def epochs_of_updates(batch: BatchSize, rows: int, updates: int) -> int:
    """How many epochs make so many updates.

    Raises:
        ValueError: that is no whole number of epochs.
    """
    an_epoch = updates_an_epoch(batch, rows)
    if updates % an_epoch:
        raise ValueError(
            f"{updates} updates are no whole epochs of {an_epoch} updates (batches of {batch})"
        )
    return updates // an_epoch
