"""The loss surface and the way down it."""

import numpy as np
import pytest

from hw1.lectures.views.params import SurfaceParams
from hw1.lectures.views.series import make_windows
from hw1.lectures.views.simulate import simulate_series
from hw1.lectures.views.surface import NEAR, walk

WINDOWS = make_windows(simulate_series(0, 2018, 2020), 1, 2020)
PARAMS = SurfaceParams(w=0.0, b=8.0, steps=3000, share=0.75)


@pytest.fixture(params=[False, True], ids=["plain", "standardised"])
def descent(request):
    return walk(WINDOWS, PARAMS, standardised=request.param)


def test_descent_ends_at_least_squares(descent):
    np.testing.assert_allclose(descent.path[-1], descent.lowest, rtol=1e-3, atol=1e-3)
    assert descent.arrived is not None
    errors = descent.path[:, 2]
    assert np.all(errors[descent.arrived :] <= NEAR * descent.lowest[2])
    assert errors[descent.arrived - 1] > NEAR * descent.lowest[2]


def test_the_grid_shows_the_loss(descent):
    lowest = np.unravel_index(np.argmin(descent.rmse), descent.rmse.shape)
    assert descent.rmse.min() == pytest.approx(descent.lowest[2], rel=0.5)
    assert descent.w[lowest[1]] == pytest.approx(descent.lowest[0], abs=0.3)
    assert descent.w[0] < descent.path[:, 0].min() < descent.path[:, 0].max() < descent.w[-1]
    assert descent.b[0] < descent.path[:, 1].min() < descent.path[:, 1].max() < descent.b[-1]


def test_both_coordinates_start_and_end_with_the_same_function():
    plain, standardised = (walk(WINDOWS, PARAMS, standardised=each) for each in (False, True))
    assert plain.path[0, 2] == pytest.approx(standardised.path[0, 2])
    assert plain.lowest[2] == pytest.approx(standardised.lowest[2])
    assert standardised.ratio < 2 < plain.ratio
    assert standardised.arrived < plain.arrived


def test_a_way_that_is_too_short_does_not_arrive():
    few = PARAMS.model_copy(update={"steps": 2})
    assert walk(WINDOWS, few, standardised=False).arrived is None
