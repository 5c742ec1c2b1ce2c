import numpy as np
import pytest
import torch

from hw1.engine import autograd
from hw1.fitted.activations import ACTIVATIONS


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_values_are_those_of_pytorch(name):
    x = np.concatenate([np.linspace(-6.0, 6.0, 101), [-800.0, 800.0]])

    expected = autograd.ACTIVATIONS[name](torch.tensor(x)).numpy()

    with np.errstate(all="raise", under="ignore"):
        assert ACTIVATIONS[name](x) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_training_and_prediction_know_the_same_names():
    assert set(autograd.ACTIVATIONS) == set(ACTIVATIONS)
