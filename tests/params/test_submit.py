import pytest

from hw1.core.errors import ParamsError
from hw1.core.sections import check_section
from hw1.params.submit import SubmitParams


def test_good_values_pass():
    params = check_section("submit", {"lowest": 0.0, "highest": 100.0}, SubmitParams)
    assert (params.lowest, params.highest) == (0.0, 100.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"lowest": -1.0, "highest": 100.0}, r"submit\.lowest"),
        ({"lowest": 0.0, "highest": 101.0}, r"submit\.highest"),
        ({"lowest": 60.0, "highest": 60.0}, "`lowest` must be below `highest`"),
        ({"lowest": 0.0}, r"submit\.highest"),
        ({"lowest": 0.0, "highest": 100.0, "higest": 1.0}, r"submit\.highest"),
    ],
)
def test_wrong_values_are_named(content, message):
    with pytest.raises(ParamsError, match=message):
        check_section("submit", content, SubmitParams)
