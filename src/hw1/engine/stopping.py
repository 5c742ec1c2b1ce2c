"""When a member has finished, and which epoch's weights it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from hw1.fitted.base import Floats


class Stopping(Protocol):
    """Decides after every epoch, for every member by itself."""

    def after(
        self, epoch: int, members: Sequence[int], errors: Floats | None
    ) -> tuple[list[int], list[int]]:
        """Say what happens to the members that are still in training.

        Args:
            epoch: the epoch that has just ended, from 1.
            members: the members still in training.
            errors: their validation errors in squared percentage points, shape [members given].

        Returns:
            The members that keep the weights they have now, and those that have finished.
        """


class FixedEpochs:
    """Every member trains for a number of epochs known beforehand and keeps its last weights."""

    def __init__(self, epochs: Sequence[int]) -> None:
        self._epochs = list(epochs)

    def after(
        self, epoch: int, members: Sequence[int], errors: Floats | None
    ) -> tuple[list[int], list[int]]:
        """See `Stopping`; errors change nothing."""
        del errors
        finished = [member for member in members if epoch >= self._epochs[member]]
        return finished, finished


class Patience:
    """A member finishes after so many epochs without a new best, and keeps its best weights."""

    def __init__(self, members: int, patience: int, epochs: int) -> None:
        self._kept = [0] * members
        self._best = [np.inf] * members
        self._patience = patience
        self._epochs = epochs

    def after(
        self, epoch: int, members: Sequence[int], errors: Floats | None
    ) -> tuple[list[int], list[int]]:
        """See `Stopping`."""
        assert errors is not None
        improved = []
        for member, error in zip(members, errors.tolist(), strict=True):
            if error < self._best[member]:
                self._best[member], self._kept[member] = error, epoch
                improved.append(member)
        if epoch >= self._epochs:
            return improved, list(members)
        return improved, [one for one in members if epoch - self._kept[one] >= self._patience]
