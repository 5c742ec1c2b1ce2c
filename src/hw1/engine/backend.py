"""Which library and device a training uses, and who finds its gradients."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture
from hw1.engine.arrays import Arrays, NumpyArrays, Precision, TorchArrays
from hw1.engine.blocks import size_of
from hw1.engine.by_hand import ByHand, can_be_written_out
from hw1.engine.gradients import Gradients
from hw1.params.train import Device

# Estimates, until a GPU is measured: an operation costs it some microseconds to start, and a step
# has some sixty; a core does some 4e10 of a small network's floating-point operations a second.
# Below the first number a step is quicker on a core. Below the second all steps together are, since
# a GPU takes seconds before the first of them.
LEAST_STEP = 1e8
LEAST_TRAINING = 1e12

# What the step of a squad touches may take two megabytes; fewer members than the second number
# pay for every operation's start (bench/speed.md)
CACHED_FLOATS = 500_000
LEAST_TOGETHER = 4
MOST_MEMBERS = 1_000_000


@dataclass(frozen=True)
class Backend:
    """What computes a training.

    Attributes:
        arrays: what holds the numbers.
        gradients: what finds the gradients.
    """

    arrays: Arrays
    gradients: Gradients

    def members_together(self, architecture: Architecture, batch: int) -> int:
        """How many members take their steps together.

        On a processor as many as its cache has room for: what a step writes, the next one reads
        again. A GPU, and autograd, gain by every one more.
        """
        if not isinstance(self.arrays, NumpyArrays):
            return MOST_MEMBERS
        # features once; outputs, slopes and deltas of hidden layers; and about five numbers a
        # parameter: itself, its gradient, two moments, a scratch
        floats = batch * (architecture.features + 3 * sum(architecture.hidden))
        floats += 5 * size_of(architecture.parameter_shapes())
        return max(LEAST_TOGETHER, CACHED_FLOATS // floats)


def choose_backend(
    architecture: Architecture, device: str, precision: Precision, *, by_hand: bool = True
) -> Backend:
    """Numpy where it will do; PyTorch for a GPU and for what is not written out.

    Args:
        architecture: the networks' shape.
        device: "cpu" or "cuda".
        precision: of all numbers.
        by_hand: False has PyTorch find the gradients in any case.
    """
    if by_hand and can_be_written_out(architecture):
        arrays = NumpyArrays(precision) if device == "cpu" else TorchArrays(precision, device)
        return Backend(arrays, ByHand(architecture, arrays))
    from hw1.engine.autograd import Autograd

    return Backend(TorchArrays(precision, device), Autograd(architecture))


def choose_device(
    device: Device, architecture: Architecture, members: int, batch: int, steps: int
) -> str:
    """The device that a training runs on.

    Args:
        device: as the parameters have it; "auto" takes a GPU where there is one and the training
            is large enough to gain by it.
        architecture: the networks' shape.
        members: number of networks.
        batch: rows of a step.
        steps: planned number of steps.

    Returns:
        "cpu" or "cuda".

    Raises:
        Hw1Error: "cuda" is asked for and PyTorch finds no GPU.
    """
    if device == "cpu":
        return "cpu"
    if device == "auto":
        # a product forward and two backward, a multiplication and an addition each
        step = 6.0 * members * batch * size_of(architecture.parameter_shapes())
        large = step >= LEAST_STEP and step * steps >= LEAST_TRAINING
        # PyTorch takes seconds to import, so it is asked only where there is a driver
        return "cuda" if large and shutil.which("nvidia-smi") and _has_gpu() else "cpu"
    if not _has_gpu():
        raise Hw1Error("`train.device` is cuda, but PyTorch finds no GPU; set it to auto or cpu")
    return "cuda"


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()
