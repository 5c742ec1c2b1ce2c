"""Noise and sharpness where they are known: linear models and quadratics."""

import numpy as np
import pytest
import torch

from hw1.engine.architecture import Architecture
from hw1.lectures.batch_size.loss import loss_on
from hw1.lectures.batch_size.noise import Noise, measured_variance, noise_of, row_gradients
from hw1.lectures.batch_size.sharpness import largest_eigenvalue, perturbed, rise

LINEAR = Architecture(3, ())
GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.normal(size=(40, 3)), GENERATOR.normal(size=40)
FLAT = np.array([0.5, -1.0, 0.2, 0.1])


def test_gradients_of_rows_are_those_of_a_linear_model():
    residual = X @ FLAT[:3] + FLAT[3] - Y
    expected = 2.0 * residual[:, None] * np.column_stack([X, np.ones(40)])
    np.testing.assert_allclose(row_gradients(LINEAR, FLAT, X, Y), expected, rtol=1e-12)


def test_gradients_of_rows_average_to_that_of_all():
    network = Architecture(3, (5, 4), linear_skip=True)
    size = sum(a * b for a, b in network.parameter_shapes().values())
    flat = GENERATOR.normal(size=size)
    whole = torch.func.grad(loss_on(network, X, Y))(torch.from_numpy(flat)).numpy()
    np.testing.assert_allclose(row_gradients(network, flat, X, Y).mean(axis=0), whole, rtol=1e-10)


def test_the_noise_scale_of_a_quadratic_is_variance_over_square():
    # row i's loss is |w - c_i|^2 / 2, so its gradient at w is w - c_i: at a distance of 2 from the
    # mean of centres at +-3 along each of two axes, the variance is 9 + 9 and the square 4
    centres = 3.0 * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    noise = noise_of(np.array([2.0, 0.0]) - centres)
    assert (noise.variance, noise.square) == pytest.approx((18.0, 4.0))
    assert noise.scale == pytest.approx(4.5)


@pytest.mark.parametrize("batch", [1, 2, 8, 39])
def test_measured_variance_is_that_of_draws_without_replacement(batch):
    gradients = row_gradients(LINEAR, FLAT, X, Y)
    expected = noise_of(gradients).of_batches(batch, 40)
    measured = measured_variance(gradients, batch, 4000, np.random.default_rng(1))
    assert measured == pytest.approx(expected, rel=0.1)


def test_all_rows_together_have_no_variance():
    gradients = row_gradients(LINEAR, FLAT, X, Y)
    assert measured_variance(gradients, 40, 3, np.random.default_rng(1)) < 1e-20
    assert Noise(3.0, 1.0).of_batches(40, 40) == 0.0


def test_sharpness_of_a_quadratic_is_its_largest_eigenvalue():
    # a negative eigenvalue of larger size must not be taken for it
    basis, _ = np.linalg.qr(GENERATOR.normal(size=(30, 30)))
    values = np.linspace(-9.0, 7.0, 30)
    matrix = torch.from_numpy(basis @ np.diag(values) @ basis.T)
    found = largest_eigenvalue(lambda w: w @ matrix @ w / 2.0, GENERATOR.normal(size=30))
    assert found == pytest.approx(7.0, rel=1e-3)


def test_sharpness_of_a_network_is_that_of_its_whole_hessian():
    network = Architecture(3, (4,), "tanh", linear_skip=True)
    size = sum(a * b for a, b in network.parameter_shapes().values())
    flat = GENERATOR.normal(size=size)
    loss = loss_on(network, X, Y)
    hessian = torch.func.hessian(loss)(torch.from_numpy(flat)).numpy()
    expected = np.linalg.eigvalsh(hessian)[-1]
    assert largest_eigenvalue(loss, flat) == pytest.approx(expected, rel=1e-3)


def test_perturbed_parameters_stay_in_their_box():
    moved = perturbed(FLAT, 0.01, 500, np.random.default_rng(0)) - FLAT
    width = 0.01 * (np.abs(FLAT) + 1.0)
    assert (np.abs(moved) <= width).all()
    np.testing.assert_allclose(np.abs(moved).max(axis=0), width, rtol=0.05)


def test_the_rise_of_a_quadratic_is_a_third_of_the_box():
    # E[h * d^2 / 2] for d uniform in +-e is h * e^2 / 6
    points = perturbed(np.zeros(1), 0.1, 200_000, np.random.default_rng(0))
    after = 1.0 + 6.0 * points[:, 0] ** 2 / 2.0
    assert rise(1.0, after) == pytest.approx(100.0 * 0.01 / 2.0, rel=0.02)
