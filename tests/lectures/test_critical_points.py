"""Landscapes with known answers: quadratic forms, the lecture's toy, small networks."""

import numpy as np
import pytest
import torch
from numpy.random import default_rng
from train_support import make_params

from hw1.engine.architecture import Architecture
from hw1.engine.members import Member
from hw1.engine.rows import Rows
from hw1.engine.training import train
from hw1.lectures.critical_points.escape import escape
from hw1.lectures.critical_points.lanczos import estimate_spectrum, lanczos, zero_tolerance
from hw1.lectures.critical_points.landscape import Landscape
from hw1.lectures.critical_points.network import network_landscape, snapshots
from hw1.lectures.critical_points.points import Criteria, examine, kind_of
from hw1.lectures.critical_points.search import descend, seek
from hw1.lectures.critical_points.toy import toy_landscape

CRITERIA = Criteria(gradient=1e-8, distance=1e-3)


def matrix_with(eigenvalues, seed=0):
    """A symmetric matrix in a random orientation."""
    size = len(eigenvalues)
    vectors, _ = np.linalg.qr(default_rng(seed).normal(size=(size, size)))
    return (vectors * np.array(eigenvalues)) @ vectors.T


def quadratic(eigenvalues, lowest_at=0.0):
    matrix = torch.tensor(matrix_with(eigenvalues))
    return Landscape(
        lambda p: (p - lowest_at) @ matrix @ (p - lowest_at) / 2.0, len(eigenvalues), terms=1
    )


def network(hidden=(3,), rows=60, features=2, l2_loss=1e-3, activation="tanh"):
    random = default_rng(1)
    x = random.normal(size=(rows, features))
    y = np.sin(2.0 * x[:, 0]) + 0.3 * x[:, 1] + random.normal(scale=0.1, size=rows)
    shape = Architecture(features, hidden, activation=activation)
    return shape, Rows(x, y, lambda outputs: ((outputs - y) ** 2).mean(axis=1)), l2_loss


def landscape_of(shape, rows, l2_loss):
    return network_landscape(shape, rows.x, rows.y, l2_loss)


def starts(landscape, count, scale=0.7):
    return default_rng(2).normal(scale=scale, size=(count, landscape.size))


def test_the_toy_has_a_saddle_at_the_origin():
    toy = toy_landscape()
    (point,) = examine(toy, np.zeros((1, 2)), CRITERIA)
    assert point.loss == 1.0
    np.testing.assert_array_equal(toy.gradients(np.zeros((1, 2))), [[0.0, 0.0]])
    np.testing.assert_array_equal(toy.hessians(np.zeros((1, 2))), [[[0.0, -2.0], [-2.0, 0.0]]])
    np.testing.assert_allclose(point.eigenvalues, [-2.0, 2.0])
    assert (point.kind, point.minimum_ratio) == ("saddle", 0.5)


def test_the_toys_way_out_ends_in_a_valley():
    (point,) = examine(toy_landscape(), np.zeros((1, 2)), CRITERIA)
    way = escape(toy_landscape(), point)
    assert way.curvature == pytest.approx(-2.0)
    assert way.before == 1.0
    assert way.after == pytest.approx(0.0, abs=1e-12)
    assert way.parameters[0] * way.parameters[1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("eigenvalues", "kind", "ratio"),
    [
        ([0.5, 1.0, 3.0], "minimum", 1.0),
        ([-0.5, 1.0, 3.0], "saddle", 2 / 3),
        ([-3.0, -2.0, -1e-6], "maximum", 0.0),
        ([0.0, 1.0, 3.0], "undecided", 2 / 3),
        ([-1.0, 0.0, 2.0], "saddle", 1 / 3),
    ],
)
def test_a_quadratic_forms_spectrum_is_found(eigenvalues, kind, ratio):
    (point,) = examine(quadratic(eigenvalues), np.zeros((1, 3)), CRITERIA)
    np.testing.assert_allclose(point.eigenvalues, eigenvalues, atol=1e-14)
    assert point.kind == kind
    assert point.minimum_ratio == pytest.approx(ratio)
    assert point.zero == eigenvalues.count(0.0)
    assert point.positive + point.zero + point.negative == 3


def test_a_large_gradient_makes_a_point_steep():
    (point,) = examine(quadratic([1.0, 2.0]), np.array([[1e-3, 0.0]]), CRITERIA)
    assert point.kind == "steep"
    assert not point.critical


def test_a_small_gradient_on_a_flat_slope_is_far_from_critical():
    (point,) = examine(quadratic([1e-9, 1.0], lowest_at=1.0), np.zeros((1, 2)), Criteria(2.0, 1e-3))
    assert point.kind == "far"
    assert point.distance == pytest.approx(np.sqrt(2.0), rel=1e-6)


def test_zero_means_within_rounding_of_the_largest_eigenvalue():
    values = np.array([-4e-15, 1.0, 100.0])
    tolerance = zero_tolerance(values, size=3, terms=1)
    assert tolerance == pytest.approx(4 * np.finfo(float).eps * 100.0)
    assert kind_of(values, tolerance) == "undecided"
    assert kind_of(np.array([-1e-12, 1.0, 100.0]), tolerance) == "saddle"


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu", "silu"])
def test_a_networks_derivatives_agree_with_differences(activation):
    shape, rows, l2_loss = network((3, 2), activation=activation)
    landscape = landscape_of(shape, rows, l2_loss)
    point, step = starts(landscape, 1)[0], 1e-5
    around = step * np.eye(landscape.size)
    slopes = (landscape.losses(point + around) - landscape.losses(point - around)) / (2 * step)
    np.testing.assert_allclose(landscape.gradients(point[None])[0], slopes, atol=1e-8)
    bends = landscape.gradients(point + around) - landscape.gradients(point - around)
    hessian = landscape.hessians(point[None])[0]
    np.testing.assert_allclose(hessian, bends / (2 * step), atol=1e-7)
    vector = default_rng(3).normal(size=landscape.size)
    product = landscape.products(point[None], vector[None])[0]
    np.testing.assert_allclose(product, hessian @ vector, atol=1e-12)


def test_the_loss_is_the_one_that_the_engine_trains_by():
    shape, rows, l2_loss = network()
    params = make_params(
        epochs=1,
        batch_size="full",
        l2_loss=l2_loss,
        optimizer={"name": "sgd", "learning_rate": 0.5, "momentum": 0.0, "weight_decay": 0.0},
    )
    slow = make_params(
        **params.model_dump() | {"optimizer": params.optimizer.model_dump()}
    ).model_copy(
        update={"optimizer": params.optimizer.model_copy(update={"learning_rate": 1e-300})}
    )
    before = train(shape, slow, [Member(4)], rows, precision="double").parameters.flat
    after = train(shape, params, [Member(4)], rows, precision="double").parameters.flat
    gradient = landscape_of(shape, rows, l2_loss).gradients(before)
    np.testing.assert_allclose(before - 0.5 * gradient, after, atol=1e-12)


def test_snapshots_are_one_way_seen_at_several_times():
    shape, rows, _ = network()
    params = make_params(epochs=6, batch_size=20)
    seen = snapshots(shape, params, rows, seeds=2, epochs=[2, 6])
    assert seen.shape == (2, 2, 13)
    alone = train(shape, params, [Member(1)], rows, kept_epochs=[2], precision="double")
    np.testing.assert_array_equal(seen[1, 0], alone.parameters.flat[0])


@pytest.mark.slow
def test_newton_finds_saddles_and_descent_finds_minima():
    landscape = landscape_of(*network())
    begun = starts(landscape, 8)
    sought = examine(landscape, seek(landscape, begun, 60, 1e-13, 0.3), CRITERIA)
    lowest = examine(landscape, descend(landscape, begun, 60, 1e-13), CRITERIA)
    saddles = [point for point in sought if point.kind == "saddle"]
    minima = [point for point in lowest if point.kind == "minimum"]
    assert saddles
    assert minima
    assert {point.kind for point in lowest} <= {"minimum", "steep", "undecided"}
    for point in saddles + minima:
        assert point.gradient_norm <= CRITERIA.gradient
    assert min(point.loss for point in minima) < min(point.loss for point in saddles)


def test_descent_never_goes_up():
    landscape = landscape_of(*network())
    begun = starts(landscape, 6)
    assert (landscape.losses(descend(landscape, begun, 5, 1e-13)) <= landscape.losses(begun)).all()


def test_leaving_a_networks_saddle_lowers_the_loss():
    landscape = landscape_of(*network())
    points = examine(landscape, seek(landscape, starts(landscape, 8), 60, 1e-13, 0.3), CRITERIA)
    for saddle in (point for point in points if point.kind == "saddle"):
        way = escape(landscape, saddle)
        assert way.after < way.before == saddle.loss
        assert landscape.losses(way.parameters[None])[0] == pytest.approx(way.after, rel=1e-12)


def test_a_minimum_has_no_way_out():
    (point,) = examine(quadratic([1.0, 2.0]), np.zeros((1, 2)), CRITERIA)
    with pytest.raises(ValueError, match="no direction of negative curvature"):
        escape(quadratic([1.0, 2.0]), point)


def test_lanczos_to_the_end_is_exact():
    eigenvalues = np.sort(default_rng(4).normal(size=30))
    matrix = matrix_with(eigenvalues)
    ritz = lanczos(lambda vector: matrix @ vector, default_rng(5).normal(size=30), steps=99)
    np.testing.assert_allclose(ritz.values, eigenvalues, atol=1e-12)
    assert ritz.weights.sum() == pytest.approx(1.0)


def test_lanczos_stops_where_there_is_nothing_more_to_find():
    matrix = matrix_with([-1.0] * 10 + [2.0] * 10)
    ritz = lanczos(lambda vector: matrix @ vector, default_rng(6).normal(size=20), steps=20)
    np.testing.assert_allclose(ritz.values, [-1.0, 2.0], atol=1e-12)


@pytest.mark.slow
def test_lanczos_agrees_with_the_exact_spectrum_of_a_network():
    landscape = landscape_of(*network((12, 8)))
    point = starts(landscape, 1)
    exact = np.linalg.eigvalsh(landscape.hessians(point)[0])
    found = estimate_spectrum(
        lambda vector: landscape.products(point, vector[None])[0],
        landscape.size,
        landscape.terms,
        steps=50,
        starts=4,
        generator=default_rng(0),
    )
    assert found.lowest == pytest.approx(exact[0], abs=1e-10 + found.lowest_error)
    assert found.highest == pytest.approx(exact[-1], abs=1e-10 + found.highest_error)
    share = (exact > found.tolerance).mean()
    assert abs(found.positive - share) < 3 * found.positive_error + found.unresolved
    assert found.sure < share < found.sure + found.unresolved


def test_quadrature_tells_shares_of_separate_groups():
    eigenvalues = np.concatenate([np.linspace(-3, -1, 60), np.linspace(1, 5, 140)])
    matrix = matrix_with(eigenvalues)
    found = estimate_spectrum(
        lambda vector: matrix @ vector,
        200, 1, steps=40, starts=20, generator=default_rng(0),
    )  # fmt: skip
    assert found.positive == pytest.approx(0.7, abs=3 * found.positive_error)
    assert found.positive + found.negative == pytest.approx(1.0)
    assert found.unresolved < 0.05
    assert found.sure + found.unresolved == pytest.approx(found.positive, abs=0.05)


def test_a_relus_hessian_does_not_see_its_kinks():
    shape, rows, _ = network((3,), activation="relu")
    landscape = landscape_of(shape, rows, 0.0)
    point = starts(landscape, 1)
    hessian = landscape.hessians(point)[0]
    # first layer alone: the second derivative is that of squared errors of straight pieces
    first = hessian[:9, :9]
    assert np.linalg.eigvalsh(first)[0] > -1e-12
