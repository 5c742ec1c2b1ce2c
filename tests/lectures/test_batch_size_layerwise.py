"""LARS and LAMB against steps that are worked out by hand."""

from math import sqrt

import numpy as np
import pytest
import torch

from hw1.engine.arrays import NumpyArrays, TorchArrays
from hw1.lectures.batch_size.layerwise import LAYERWISE, layers_of
from hw1.params.train import OptimizerParams

# two layers: the first holds the numbers 3 and 4 of norm 5, the second a single 2
SHAPES = {"weight_0": (1, 1), "bias_0": (1, 1), "skip": (1, 1)}
FIRST = [3.0, 4.0, 2.0]
# norms 10 and 0.5
GRADIENT = [6.0, 8.0, -0.5]


def optimizer(name, parameters, arrays, rates, decay=0.0):
    params = OptimizerParams(
        name="sgd", learning_rate=1.0, momentum=0.5, nesterov=False, weight_decay=decay
    )
    decays = [decay] * len(rates)
    return LAYERWISE[name](
        SHAPES, params, arrays, rates=rates, decays=decays, parameters=parameters
    )


@pytest.mark.parametrize("arrays", [NumpyArrays("double"), TorchArrays("double")])
def test_lars_takes_the_steps_of_the_paper(arrays):
    parameters = arrays.floats([FIRST])
    lars = optimizer("lars", parameters, arrays, [10.0])
    lars.step(arrays.floats([GRADIENT]), 1.0)
    # trust 0.001 * 5 / 10 and 0.001 * 2 / 0.5, times the rate of 10
    first = [3.0 - 0.005 * 6.0, 4.0 - 0.005 * 8.0, 2.0 + 0.04 * 0.5]
    np.testing.assert_allclose(arrays.to_numpy(parameters)[0], first, rtol=1e-12)
    lars.step(arrays.floats([[0.0, 0.0, 0.0]]), 1.0)
    # half of the step before; a layer without a slope adds nothing
    second = [2.97 - 0.015, 3.96 - 0.02, 2.02 + 0.01]
    np.testing.assert_allclose(arrays.to_numpy(parameters)[0], second, rtol=1e-12)


def test_lars_counts_weight_decay_in_the_trust_ratio():
    arrays = NumpyArrays("double")
    parameters = arrays.floats([FIRST])
    optimizer("lars", parameters, arrays, [10.0], decay=0.5).step(arrays.floats([GRADIENT]), 0.1)
    # 5 / (10 + 0.5 * 5) and 2 / (0.5 + 0.5 * 2), at a rate of 10 * 0.1
    first, second = 0.001 * 0.4, 0.001 * 4.0 / 3.0
    expected = [3.0 - first * 7.5, 4.0 - first * 10.0, 2.0 - second * 0.5]
    np.testing.assert_allclose(parameters[0], expected, rtol=1e-12)


@pytest.mark.parametrize("arrays", [NumpyArrays("double"), TorchArrays("double")])
def test_lambs_first_step_is_as_long_as_the_rate_times_the_layer(arrays):
    parameters = arrays.floats([FIRST])
    optimizer("lamb", parameters, arrays, [0.1]).step(arrays.floats([GRADIENT]), 1.0)
    # Adam's first step is the gradient's sign: of norm sqrt(2) in the layer of norm 5
    move = 0.1 * 5.0 / sqrt(2.0)
    expected = [3.0 - move, 4.0 - move, 2.0 + 0.1 * 2.0]
    np.testing.assert_allclose(arrays.to_numpy(parameters)[0], expected, rtol=1e-5)


def test_lamb_adds_weight_decay_before_it_takes_the_ratio():
    arrays = NumpyArrays("double")
    parameters = arrays.floats([FIRST])
    optimizer("lamb", parameters, arrays, [0.1], decay=1.0).step(arrays.floats([GRADIENT]), 1.0)
    # updates 1 + 3 and 1 + 4 of norm sqrt(41), and -1 + 2
    ratio = 0.1 * 5.0 / sqrt(41.0)
    expected = [3.0 - ratio * 4.0, 4.0 - ratio * 5.0, 2.0 - 0.1 * 2.0]
    np.testing.assert_allclose(parameters[0], expected, rtol=1e-5)


def test_lambs_second_step_corrects_both_moments():
    arrays = NumpyArrays("double")
    parameters = arrays.floats([[0.0, 0.0, 2.0]])
    lamb = optimizer("lamb", parameters, arrays, [0.1])
    lamb.step(arrays.floats([[0.0, 0.0, 1.0]]), 1.0)
    lamb.step(arrays.floats([[0.0, 0.0, 3.0]]), 1.0)
    # one number in the layer: whatever its update, the step is the rate times its size
    np.testing.assert_allclose(parameters[0], [0.0, 0.0, 2.0 * 0.9 * 0.9], rtol=1e-12)


@pytest.mark.parametrize("name", LAYERWISE)
def test_members_of_a_stack_do_not_mix(name):
    arrays = NumpyArrays("double")
    generator = np.random.default_rng(0)
    start, gradients = generator.normal(size=(3, 3)), generator.normal(size=(4, 3, 3))
    rates = [0.1, 0.2, 0.3]
    together = arrays.floats(start)
    stacked = optimizer(name, together, arrays, rates, decay=0.1)
    for gradient in gradients:
        stacked.step(arrays.floats(gradient), 0.5)
    for member, rate in enumerate(rates):
        alone = arrays.floats(start[member : member + 1])
        single = optimizer(name, alone, arrays, [rate], decay=0.1)
        for gradient in gradients:
            single.step(arrays.floats(gradient[member : member + 1]), 0.5)
        np.testing.assert_allclose(together[member], alone[0], rtol=1e-12)


@pytest.mark.parametrize("name", LAYERWISE)
def test_a_layer_of_zeros_can_leave_zero(name):
    arrays = NumpyArrays("double")
    parameters = arrays.floats([[0.0, 0.0, 0.0]])
    optimizer(name, parameters, arrays, [1.0]).step(arrays.floats([GRADIENT]), 1.0)
    assert (parameters != 0.0).all()


def test_a_layer_is_its_weights_and_its_biases():
    shapes = {"weight_0": (4, 3), "bias_0": (1, 3), "weight_1": (3, 1), "bias_1": (1, 1)}
    assert layers_of(shapes | {"skip": (4, 1)}) == [slice(0, 15), slice(15, 19), slice(19, 23)]


def test_numpy_and_torch_agree():
    generator = np.random.default_rng(1)
    start, gradients = generator.normal(size=(2, 3)), generator.normal(size=(3, 2, 3))
    for name in LAYERWISE:
        ends = []
        for arrays in (NumpyArrays("double"), TorchArrays("double")):
            parameters = arrays.floats(start)
            own = optimizer(name, parameters, arrays, [0.1, 0.2], decay=0.1)
            for gradient in gradients:
                own.step(arrays.floats(gradient), 1.0)
            ends.append(arrays.to_numpy(parameters))
        np.testing.assert_allclose(*ends, rtol=1e-12)
    assert torch.is_tensor(parameters)
