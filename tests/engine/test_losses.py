import numpy as np
import pytest
import torch
from torch.nn import functional

from hw1.engine.arrays import NumpyArrays, TorchArrays
from hw1.engine.losses import LOSSES

SHAPE = (2, 7, 3)


def numbers():
    random = np.random.default_rng(0)
    return random.normal(scale=3.0, size=SHAPE), random.uniform(size=SHAPE)


def computed(name, arrays, outputs, targets):
    """Losses of all members, and the slopes that the outputs have become."""
    slopes, room = arrays.floats(outputs), arrays.empty(*np.shape(outputs))
    losses = LOSSES[name](arrays.library, slopes, arrays.floats(targets), room)
    return arrays.to_numpy(losses), arrays.to_numpy(slopes)


@pytest.mark.parametrize("arrays", [NumpyArrays, TorchArrays])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("squared", functional.mse_loss),
        ("cross_entropy", functional.binary_cross_entropy_with_logits),
    ],
)
def test_losses_and_slopes_are_those_of_pytorch(name, expected, arrays):
    outputs, targets = numbers()

    losses, slopes = computed(name, arrays("double"), outputs, targets)

    for member in range(len(outputs)):
        leaf = torch.tensor(outputs[member], requires_grad=True)
        loss = expected(leaf, torch.tensor(targets[member]))
        loss.backward()
        assert losses[member] == pytest.approx(loss.item(), rel=1e-12)
        assert slopes[member] == pytest.approx(leaf.grad.numpy(), rel=1e-9, abs=1e-15)


@pytest.mark.fault("precision")
@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("arrays", [NumpyArrays, TorchArrays])
def test_cross_entropy_of_extreme_logits_is_exact(arrays, precision):
    logits, targets = [1000.0, 1000.0, -1000.0, -1000.0, 0.0], [1.0, 0.0, 1.0, 0.0, 0.25]
    expected, slopes = [0.0, 1000.0, 1000.0, 0.0, np.log(2.0)], [0.0, 1.0, -1.0, 0.0, 0.25]

    losses, found = computed(
        "cross_entropy",
        arrays(precision),
        np.array(logits)[:, None, None],
        np.array(targets)[:, None, None],
    )

    assert losses == pytest.approx(expected, rel=1e-6, abs=0.0)
    assert found.ravel() == pytest.approx(slopes)


def test_cross_entropy_of_a_sure_and_right_answer_is_small_but_not_nothing():
    losses, _ = computed(
        "cross_entropy", NumpyArrays("single"), [[[30.0]], [[-30.0]]], [[[1.0]], [[0.0]]]
    )

    assert losses == pytest.approx([np.exp(-30.0)] * 2, rel=1e-5)
