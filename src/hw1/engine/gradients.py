"""What a stack in training asks of whatever computes its gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hw1.engine.arrays import Array
from hw1.engine.blocks import Views


@dataclass(frozen=True)
class Batch:
    """The rows of one step.

    Attributes:
        x: features, shape [members, rows, features].
        y: targets on the fitted scale, shape [members, rows, outputs].
        masks: dropout's factors, one array of shape [members, rows, width] a hidden layer, or
            none.
    """

    x: Array
    y: Array
    masks: list[Array] = field(default_factory=list)


class Gradients(Protocol):
    """Forward and backward pass of all members of a stack."""

    def compute(
        self, parameters: Views, statistics: Views, gradients: Views, batch: Batch
    ) -> Array:
        """Compute every member's gradient of its own loss.

        Args:
            parameters: blocks of shape [members, ...].
            statistics: running statistics of batch norm, brought up to date in place.
            gradients: blocks like `parameters`, which are overwritten.
            batch: what to learn from.

        Returns:
            Every member's loss, shape [members], perhaps not computed yet.
        """

    def outputs(
        self, parameters: Views, statistics: Views, x: Array, tables: Sequence[int] | None = None
    ) -> Array:
        """Compute outputs as after training.

        Args:
            parameters: blocks of shape [members, ...].
            statistics: running statistics of batch norm.
            x: tables of features, shape [tables, rows, features].
            tables: which of them each member gets; None where there is but one.

        Returns:
            Outputs on the fitted scale, shape [members, rows], or [members, rows, outputs] where
            there are several.
        """
