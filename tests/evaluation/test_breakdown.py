import numpy as np
import pandas as pd
import pytest

from hw1.evaluation.breakdown import by_level, by_state, state_sums
from hw1.evaluation.errors import pooled_errors


@pytest.fixture
def scored() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "state": ["WA", "AL", "WA", "AL", "CA"],
            "weight": [1.0, 2.0, 3.0, 1.0, 1.0],
            "target": [10.0, 5.0, 20.0, 1.0, 7.123456],
            "known": [8.0, 5.0, 24.0, 3.0, 7.123456],
            "predicted": [11.0, 6.0, 22.0, 2.0, 7.123456],
        }
    )


def test_states_are_alphabetical_with_their_own_weighted_errors(scored):
    table = by_state(scored)
    assert table["state"].tolist() == ["AL", "CA", "WA"]
    assert table["rows"].tolist() == [2, 1, 2]
    assert table["mse"].tolist() == [1.0, 0.0, (1 + 3 * 4) / 4]
    assert table["persistence_mse"].tolist() == pytest.approx([4 / 3, 0.0, (4 + 3 * 16) / 4])
    assert table["skill"].tolist()[2] == pytest.approx(1 - 13 / 52)
    assert np.isnan(table["skill"][1])


def test_levels_are_of_equal_size_from_low_to_high_known_positivity(scored):
    table = by_level(scored, 2)
    assert table["level"].tolist() == [1, 2]
    assert sorted(table["rows"]) == [2, 3]
    assert table["level_low"].tolist() == [3.0, 8.0]
    assert table["level_high"].tolist() == [7.12, 24.0]
    assert table["mae"].tolist()[1] == pytest.approx((1 + 3 * 2) / 4)


def test_ties_do_not_make_levels_uneven():
    rows = pd.DataFrame(
        {"weight": 1.0, "target": [5.0] * 10, "known": 4.0, "predicted": 6.0}, index=range(10)
    )
    assert by_level(rows, 5)["rows"].tolist() == [2] * 5


def test_there_are_never_more_levels_than_rows(scored):
    assert by_level(scored, 20)["rows"].tolist() == [1] * 5


def test_state_sums_add_up_to_the_whole(scored):
    _, sums = state_sums(scored)
    whole = pooled_errors(scored["target"], scored["predicted"], scored["known"], scored["weight"])
    assert sums.pooled().errors()["mse"][0] == pytest.approx(whole["mse"])
