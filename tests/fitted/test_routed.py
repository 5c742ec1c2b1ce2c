import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.fitted import storage
from hw1.fitted.linear import LinearFitted
from hw1.fitted.routed import Route, RoutedFitted
from hw1.target import TargetScale


def linear(*coefficients, intercept=0.0):
    return LinearFitted(np.array([coefficients], dtype=float), np.array([intercept]))


def routed():
    return RoutedFitted(
        3,
        (
            Route(np.array([0, 1, 2]), linear(1, 10, 100)),
            Route(np.array([0, 2]), linear(2, 200)),
            Route(np.array([0]), linear(3, intercept=0.5)),
        ),
    )


ROWS = np.array(
    [[1.0, 2.0, 3.0], [1.0, np.nan, 3.0], [1.0, 2.0, np.nan], [np.nan, 2.0, 3.0]],
)


def test_every_row_takes_the_first_route_that_it_can_feed():
    assert routed().predict(ROWS[:3]).tolist() == [[321.0, 602.0, 3.5]]
    assert routed().predict(ROWS[2::-1]).tolist() == [[3.5, 602.0, 321.0]]
    assert routed().predict(ROWS[:0]).shape == (1, 0)


def test_a_row_that_no_route_takes_is_refused():
    with pytest.raises(DataError, match="row 3 lacks features"):
        routed().predict(ROWS)
    with pytest.raises(DataError, match="3 features"):
        routed().predict(ROWS[:, :2])


def test_rescaling_reaches_every_route():
    plain, moved = routed().predict(ROWS[:3]), routed().rescaled(2.0, 1.0).predict(ROWS[:3])
    assert np.array_equal(moved, 2 * plain + 1)


def test_a_stored_model_predicts_the_same(tmp_path):
    storage.save(tmp_path, {"final": routed()}, TargetScale("change", "none"))
    loaded = storage.load(tmp_path)[0]["final"]
    assert loaded.kind == "routed"
    assert np.array_equal(loaded.predict(ROWS[:3]), routed().predict(ROWS[:3]))
    assert (loaded.features, loaded.members) == (3, 1)


@pytest.mark.parametrize(
    ("settings", "arrays", "message"),
    [
        ({"routes": []}, {}, "routes"),
        ({"features": "3"}, {}, "features"),
        ({}, {"0/columns": np.array([0, 1, 9], dtype=np.int32)}, "outside"),
        ({}, {"0/columns": np.array([0, 1], dtype=np.int32)}, "route 0"),
        ({}, {"1/model/intercepts": np.zeros(2)}, "intercepts"),
    ],
)
def test_parts_that_make_no_model_are_refused(settings, arrays, message):
    model = routed()
    with pytest.raises(DataError, match=message):
        RoutedFitted.from_parts(model.settings() | settings, model.arrays() | arrays)


def test_an_unknown_kind_is_refused():
    settings = routed().settings()
    settings["routes"][1]["kind"] = "oracle"
    with pytest.raises(DataError, match="oracle"):
        RoutedFitted.from_parts(settings, routed().arrays())
