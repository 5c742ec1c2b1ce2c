import numpy as np
import pytest

from hw1.core.errors import ParamsError
from hw1.transforms import arcsine_sqrt, inverse_arcsine_sqrt, inverse_transform, transform


def test_known_angles():
    np.testing.assert_allclose(
        arcsine_sqrt([0, 25, 50, 100]), np.pi * np.array([0, 1 / 6, 1 / 4, 1 / 2])
    )


def test_round_trip_keeps_shape_and_percent():
    percent = np.linspace(0, 100, 24).reshape(2, 3, 4)
    np.testing.assert_allclose(inverse_arcsine_sqrt(arcsine_sqrt(percent)), percent, atol=1e-12)


def test_angles_beyond_the_range_are_cut_before_the_sine_turns_back():
    np.testing.assert_array_equal(inverse_arcsine_sqrt([-0.3, 1.6, 3.0]), [0.0, 100.0, 100.0])


def test_percentages_outside_the_range_are_cut():
    np.testing.assert_array_equal(arcsine_sqrt([-1.0, 101.0]), arcsine_sqrt([0.0, 100.0]))


@pytest.mark.parametrize("name", ["none", "arcsine_sqrt"])
def test_dispatch_by_name_inverts_itself(name):
    np.testing.assert_allclose(inverse_transform(name, transform(name, [0.5, 37.0])), [0.5, 37.0])


def test_none_changes_nothing():
    np.testing.assert_array_equal(transform("none", [-5, 200]), [-5.0, 200.0])


def test_unknown_name_is_refused_with_the_choices():
    with pytest.raises(ParamsError, match=r"'logit'.*none, arcsine_sqrt"):
        transform("logit", [1.0])
