import numpy as np
import pandas as pd
import pytest

from hw1.core.errors import DataError
from hw1.evaluation.leaderboard import leaderboard, leaderboard_line


@pytest.fixture
def solution() -> pd.DataFrame:
    """In another order than the submission's."""
    return pd.DataFrame(
        {
            "id": [2, 0, 1, 3],
            "tested_positive": [30.0, 10.0, 20.0, 40.0],
            "usage": ["private", "public", "public", "private"],
        }
    )


IDS, PREDICTED, KNOWN = [0, 1, 2, 3], [11.0, 20.0, 33.0, 41.0], [8.0, 20.0, 34.0, 38.0]


def test_scores_of_each_part_by_hand(solution):
    score = leaderboard(IDS, PREDICTED, KNOWN, solution)
    assert list(score) == ["public", "private", "all"]
    assert score["public"]["mse"] == pytest.approx(0.5)
    assert score["private"]["mse"] == pytest.approx(5.0)
    assert score["private"]["rmse"] == pytest.approx(5**0.5)
    assert score["all"]["mse"] == pytest.approx(11 / 4)
    assert score["all"]["persistence_mse"] == pytest.approx((4 + 0 + 16 + 4) / 4)
    assert score["all"]["persistence_rmse"] == pytest.approx(6**0.5)
    assert score["all"]["skill"] == pytest.approx(1 - 11 / 24)
    assert [part["rows"] for part in score.values()] == [2, 2, 4]


def test_without_a_solution_there_is_no_score(solution):
    assert leaderboard(IDS, PREDICTED, KNOWN, solution.iloc[:0]) == {}


def test_a_part_without_rows_is_left_out(solution):
    score = leaderboard(IDS, PREDICTED, KNOWN, solution.assign(usage="private"))
    assert list(score) == ["private", "all"]


def test_a_solution_of_other_rows_is_refused(solution):
    with pytest.raises(DataError, match="id 3"):
        leaderboard(IDS, PREDICTED, KNOWN, solution.iloc[:3])
    foreign = pd.concat([solution, solution.iloc[:1].assign(id=9)])
    with pytest.raises(DataError, match="id 9"):
        leaderboard(IDS, PREDICTED, KNOWN, foreign)


def test_a_solution_with_a_row_twice_is_refused(solution):
    twice = pd.concat([solution, solution.iloc[:1]])
    with pytest.raises(DataError, match="twice"):
        leaderboard(IDS, PREDICTED, KNOWN, twice)


def test_the_line_names_metric_parts_and_skill(solution):
    score = leaderboard(np.array(IDS), PREDICTED, KNOWN, solution)
    assert leaderboard_line(score, "mse") == (
        "offline MSE public 0.5000, private 5.000, 54.2 % better than persistence"
    )
