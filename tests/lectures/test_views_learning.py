"""Lines, sums of pieces and layers: gradients and what descent reaches."""

from dataclasses import replace

import numpy as np
import pytest

from hw1.core.errors import Hw1Error
from hw1.lectures.views import linear, pieces
from hw1.lectures.views.deep import fit_layers
from hw1.lectures.views.linear import Line
from hw1.lectures.views.params import NetworkParams
from hw1.lectures.views.pieces import Pieces

TINY = 1e-6


@pytest.fixture
def rows():
    chance = np.random.default_rng(0)
    x = chance.normal(size=(40, 3))
    return x, x @ [0.5, -1.0, 0.2] + 0.3 + 0.1 * chance.normal(size=40)


def numerical(loss_of, array):
    """Central differences of a loss along every number of an array, which stays as it is."""
    slopes = np.empty(array.shape)
    for place in np.ndindex(array.shape):
        moved = [array.copy(), array.copy()]
        moved[0][place] += TINY
        moved[1][place] -= TINY
        slopes[place] = (loss_of(moved[0]) - loss_of(moved[1])) / (2 * TINY)
    return slopes


def test_a_lines_gradient_is_the_numerical_one(rows):
    x, y = rows
    line = Line(np.array([0.3, 0.1, -0.7]), 0.2)
    slope = linear.gradient(line, x, y)
    at_w = numerical(lambda w: linear.loss(replace(line, w=w), x, y), line.w)
    at_b = numerical(lambda b: linear.loss(replace(line, b=float(b[0])), x, y), np.array([line.b]))
    np.testing.assert_allclose(slope.w, at_w, rtol=1e-6)
    np.testing.assert_allclose(slope.b, at_b[0], rtol=1e-6)


def test_descent_reaches_the_loss_of_least_squares(rows):
    x, y = rows
    line = linear.optimise(Line(np.zeros(3), 0.0), x, y, rate=0.1, steps=2000)
    design = np.column_stack([x, np.ones(len(y))])
    solution = np.linalg.lstsq(design, y, rcond=None)[0]
    lowest = float(np.mean((design @ solution - y) ** 2))
    assert linear.loss(line, x, y) == pytest.approx(lowest, rel=1e-9)
    np.testing.assert_allclose([*line.w, line.b], solution, rtol=1e-6)


def test_descent_that_runs_away_is_told(rows):
    x, y = rows
    with pytest.raises(Hw1Error, match="ran away in step"):
        linear.optimise(Line(np.zeros(3), 0.0), x, y, rate=10.0, steps=2000)


@pytest.mark.parametrize("kind", ["sigmoid", "relu"])
def test_the_gradient_of_a_sum_of_pieces_is_the_numerical_one(kind, rows):
    x, y = rows
    start = pieces.start(3, 5, seed=1)
    exact = Pieces(*(each.astype(np.float64) for each in start.arrays()))
    slopes = pieces.gradient(kind, exact, x, y)
    for name in ("w", "b", "c", "constant"):

        def loss_with(array, name=name):
            return pieces.loss(kind, replace(exact, **{name: array}), x, y)

        expected = numerical(loss_with, getattr(exact, name))
        np.testing.assert_allclose(getattr(slopes, name), expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("kind", ["sigmoid", "relu"])
def test_a_sum_of_pieces_learns_a_bend_that_no_line_can_follow(kind):
    x = np.linspace(-2, 2, 60)[:, None]
    y = np.abs(x[:, 0])
    params = NetworkParams(epochs=300, batch_size=20, learning_rate=0.02, seeds=1)
    start = pieces.start(1, 20, seed=0)
    before = [each.copy() for each in start.arrays()]
    fitted = pieces.optimise(kind, start, x, y, params=params, seed=0)
    assert pieces.loss(kind, fitted, x, y) < 0.02 * np.var(y)
    for kept, array in zip(before, start.arrays(), strict=True):
        np.testing.assert_array_equal(kept, array)


def test_layers_learn_it_too_with_every_seed():
    x = np.linspace(-2, 2, 60)[:, None]
    y = np.abs(x[:, 0])
    params = NetworkParams(epochs=150, batch_size=20, learning_rate=0.02, seeds=2)
    predicted = fit_layers(x, y, layers=2, width=10, params=params).predict(x)
    assert predicted.shape == (2, 60)
    assert not np.array_equal(predicted[0], predicted[1])
    assert np.all(np.mean((predicted - y) ** 2, axis=1) < 0.02 * np.var(y))
