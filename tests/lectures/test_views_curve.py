"""Curves of straight lines as sums of pieces."""

import numpy as np
import pytest

from hw1.lectures.views.curve import hard_sigmoid, pieces_of, sigmoid, two_relus
from hw1.lectures.views.experiment import curve_table

POINTS = [[-1.0, 2.0], [0.5, -1.0], [2.0, -1.0], [3.0, 4.0], [7.0, 3.5]]


@pytest.mark.parametrize("shape", [hard_sigmoid, two_relus])
def test_hard_sigmoids_and_pairs_of_relus_make_any_such_curve(shape):
    x = np.linspace(-3, 9, 500)
    constant, pieces = pieces_of(POINTS)
    total = constant + sum(shape(piece, x) for piece in pieces)
    np.testing.assert_allclose(total, np.interp(x, *np.transpose(POINTS)), atol=1e-12)


def test_a_sigmoid_has_the_middle_the_slope_and_the_rise_of_its_piece():
    _, (piece,) = pieces_of([[1.0, 0.0], [3.0, 5.0]])
    middle, far = np.array([2.0 - 1e-5, 2.0 + 1e-5]), np.array([-30.0, 30.0])
    assert np.mean(sigmoid(piece, middle)) == pytest.approx(2.5)
    assert np.diff(sigmoid(piece, middle))[0] / 2e-5 == pytest.approx(piece.slope)
    np.testing.assert_allclose(sigmoid(piece, far), [0.0, 5.0], atol=1e-12)


def test_the_table_holds_the_corners_and_sums_that_fit_its_parts():
    table = curve_table(POINTS)
    assert {point[0] for point in POINTS} <= set(table["x"])
    parts = table[[f"sigmoid_{number}" for number in range(1, len(POINTS))]]
    np.testing.assert_allclose(table["sigmoids"], POINTS[0][1] + parts.sum(axis=1))
