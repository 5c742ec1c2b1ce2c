"""Forward and backward pass written out, over buffers that are made once.

Every operation writes into memory that is there, so that a step of a small network costs little
more than its matrix products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hw1.engine.activations import WRITTEN_OUT
from hw1.engine.architecture import Architecture
from hw1.engine.arrays import Array, Arrays
from hw1.engine.blocks import Views
from hw1.engine.gradients import Batch
from hw1.engine.losses import LOSSES

# batches of different shape that training comes back to: two sizes of batch and two of prediction,
# for the members in training and for all
MOST_BUFFERS = 8
# rows that are predicted at once: what they need stays in the processor's cache
PREDICTED_AT_ONCE = 256


@dataclass(frozen=True)
class _Buffers:
    """Room for one batch.

    Attributes:
        hidden: every hidden layer's outputs, shape [members, rows, width].
        slopes: every hidden layer's derivative of outputs by inputs, dropout included.
        deltas: derivative of the loss by every hidden layer's outputs.
        output: shape [members, rows, outputs]; later the derivative of the loss by it.
        linear: the linear path's share of the output; later room for the loss.
        ones: shape [1, 1, rows]; a product with it sums over rows, quicker than a sum does.
    """

    hidden: list[Array]
    slopes: list[Array]
    deltas: list[Array]
    output: Array
    linear: Array
    ones: Array


class ByHand:
    """Gradients of dense layers without batch norm; see `hw1.engine.gradients.Gradients`."""

    def __init__(self, architecture: Architecture, arrays: Arrays) -> None:
        self._architecture, self._arrays = architecture, arrays
        self._activate = WRITTEN_OUT[architecture.activation]
        self._loss = LOSSES[architecture.loss]
        self._buffers: dict[tuple[int, int], _Buffers] = {}

    def compute(
        self, parameters: Views, statistics: Views, gradients: Views, batch: Batch
    ) -> Array:
        """See `Gradients`."""
        del statistics
        members, rows, _ = batch.y.shape
        buffers = self._buffers_for(members, rows)
        self._forward(parameters, buffers, batch.x, batch.masks)
        losses = self._loss(self._arrays.library, buffers.output, batch.y, buffers.linear)
        self._backward(parameters, gradients, buffers, batch.x)
        return losses

    def _forward(self, parameters: Views, buffers: _Buffers, x: Array, masks: list[Array]) -> None:
        library = self._arrays.library
        inputs = x
        for layer in range(len(buffers.hidden)):
            hidden, slope = buffers.hidden[layer], buffers.slopes[layer]
            library.matmul(inputs, parameters[f"weight_{layer}"], out=hidden)
            hidden += parameters[f"bias_{layer}"]
            self._activate(library, hidden, slope)
            if masks:
                hidden *= masks[layer]
                slope *= masks[layer]
            inputs = hidden
        last = len(buffers.hidden)
        output = buffers.output
        library.matmul(inputs, parameters[f"weight_{last}"], out=output)
        output += parameters[f"bias_{last}"]
        if self._architecture.linear_skip:
            library.matmul(x, parameters["skip"], out=buffers.linear)
            output += buffers.linear

    def _backward(self, parameters: Views, gradients: Views, buffers: _Buffers, x: Array) -> None:
        product = self._arrays.library.matmul
        delta = buffers.output
        if self._architecture.linear_skip:
            product(x.swapaxes(1, 2), delta, out=gradients["skip"])
        for layer in range(len(buffers.hidden), -1, -1):
            inputs = buffers.hidden[layer - 1] if layer else x
            product(inputs.swapaxes(1, 2), delta, out=gradients[f"weight_{layer}"])
            product(buffers.ones, delta, out=gradients[f"bias_{layer}"])
            if layer:
                weight = parameters[f"weight_{layer}"].swapaxes(1, 2)
                product(delta, weight, out=buffers.deltas[layer - 1])
                delta = buffers.deltas[layer - 1]
                delta *= buffers.slopes[layer - 1]

    def outputs(
        self, parameters: Views, statistics: Views, x: Array, tables: Sequence[int] | None = None
    ) -> Array:
        """See `Gradients`."""
        del statistics
        last, rows = len(self._architecture.hidden), x.shape[1]
        members = len(parameters[f"bias_{last}"])
        outputs = self._arrays.empty(members, rows, self._architecture.outputs)
        for start in range(0, rows, PREDICTED_AT_ONCE):
            end = min(start + PREDICTED_AT_ONCE, rows)
            piece = x[:, start:end] if tables is None else x[tables, start:end]
            buffers = self._buffers_for(members, end - start)
            self._forward(parameters, buffers, piece, [])
            outputs[:, start:end] = buffers.output
        return outputs if self._architecture.outputs > 1 else outputs[:, :, 0]

    def _buffers_for(self, members: int, rows: int) -> _Buffers:
        key = (members, rows)
        if key not in self._buffers:
            if len(self._buffers) == MOST_BUFFERS:
                del self._buffers[next(iter(self._buffers))]
            self._buffers[key] = self._new_buffers(members, rows)
        return self._buffers[key]

    def _new_buffers(self, members: int, rows: int) -> _Buffers:
        empty, (_, *widths, outputs) = self._arrays.empty, self._architecture.widths
        hidden, slopes, deltas = (
            [empty(members, rows, width) for width in widths] for _ in range(3)
        )
        ones = empty(1, 1, rows)
        ones[...] = 1.0
        output, linear = (empty(members, rows, outputs) for _ in range(2))
        return _Buffers(hidden, slopes, deltas, output, linear, ones)


def can_be_written_out(architecture: Architecture) -> bool:
    """Whether `ByHand` knows this network; of others PyTorch finds the derivatives."""
    return architecture.activation in WRITTEN_OUT and not architecture.batch_norm
