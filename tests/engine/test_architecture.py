import numpy as np
import pytest

from hw1.engine.architecture import Architecture, initial_parameters
from hw1.engine.arrays import NumpyArrays
from hw1.engine.randomness import Randomness

ARRAYS = NumpyArrays("double")


def initial(architecture, seeds):
    return initial_parameters(architecture, Randomness(seeds).initial, ARRAYS)


def test_first_weights_are_spread_as_those_of_pytorchs_layers():
    views = initial(Architecture(4, (400, 25), linear_skip=True), range(8)).views

    # uniform in +-1/sqrt(inputs), weights and biases alike
    for name, inputs in (("weight_0", 4), ("bias_0", 4), ("weight_1", 400), ("weight_2", 25)):
        bound = 1.0 / np.sqrt(inputs)
        assert np.abs(views[name]).max() == pytest.approx(bound, rel=0.02)
        assert np.abs(views[name]).max() <= bound
        assert views[name].std() == pytest.approx(bound / np.sqrt(3.0), rel=0.1)
    assert np.abs(views["skip"]).max() <= 0.5


def test_a_member_begins_as_it_would_alone():
    shape = Architecture(5, (4, 3), linear_skip=True)

    together, alone = initial(shape, [7, 8]), initial(shape, [8])

    assert np.array_equal(together.flat[1], alone.flat[0])
    assert not np.array_equal(together.flat[0], together.flat[1])


def test_normalised_layers_have_gain_and_shift_for_a_bias():
    views = initial(Architecture(5, (4, 3), batch_norm=True), [0, 1]).views

    assert [name for name in views if name.startswith("bias")] == ["bias_2"]
    assert np.array_equal(views["gain_0"], np.ones((2, 1, 4)))
    assert np.array_equal(views["shift_1"], np.zeros((2, 1, 3)))
