import shutil

import pytest
import torch

from hw1.core.errors import Hw1Error
from hw1.engine.architecture import Architecture
from hw1.engine.arrays import NumpyArrays, TorchArrays
from hw1.engine.autograd import Autograd
from hw1.engine.backend import choose_backend, choose_device
from hw1.engine.by_hand import ByHand

SMALL, LARGE = Architecture(20, (16, 8)), Architecture(500, (2000, 2000))


@pytest.mark.parametrize(
    ("changes", "arrays", "gradients"),
    [
        ({}, NumpyArrays, ByHand),
        ({"hidden": ()}, NumpyArrays, ByHand),
        ({"activation": "gelu"}, TorchArrays, Autograd),
        ({"batch_norm": True}, TorchArrays, Autograd),
    ],
)
def test_what_is_written_out_runs_on_numpy(changes, arrays, gradients):
    shape = Architecture(**({"features": 4, "hidden": (3,)} | changes))

    backend = choose_backend(shape, "cpu", "single")

    assert isinstance(backend.arrays, arrays)
    assert isinstance(backend.gradients, gradients)


@pytest.fixture
def has_gpu(monkeypatch, request):
    """A machine with a GPU, or one without, whatever this one has."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: request.param)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/nvidia-smi")


@pytest.mark.parametrize(
    ("has_gpu", "device", "shape", "expected"),
    [
        (True, "cpu", LARGE, "cpu"),
        (True, "cuda", SMALL, "cuda"),
        (True, "auto", SMALL, "cpu"),
        (True, "auto", LARGE, "cuda"),
        (False, "auto", LARGE, "cpu"),
    ],
    indirect=["has_gpu"],
)
def test_auto_takes_a_gpu_for_what_is_large(has_gpu, device, shape, expected):
    assert choose_device(device, shape, members=8, batch=256, steps=1000) == expected


@pytest.mark.parametrize("has_gpu", [False], indirect=True)
def test_a_gpu_that_is_not_there_is_refused(has_gpu):
    with pytest.raises(Hw1Error, match=r"train.device.*no GPU.*auto"):
        choose_device("cuda", SMALL, members=1, batch=1, steps=1)


def test_large_networks_take_their_steps_in_small_squads():
    backend = choose_backend(SMALL, "cpu", "single")
    wide = Architecture(117, (64, 32, 16))

    assert backend.members_together(SMALL, 32) > backend.members_together(wide, 32) > 4
    assert backend.members_together(wide, 256) == 4


def test_no_driver_no_question(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: pytest.fail("asked"))

    assert choose_device("auto", LARGE, members=8, batch=256, steps=1000) == "cpu"
