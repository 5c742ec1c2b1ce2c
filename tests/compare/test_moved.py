import numpy as np
import pandas as pd
import pytest

from hw1.compare.moved import moved_predictions


@pytest.fixture
def rows():
    return pd.DataFrame(
        {
            "id": [4, 1, 2, 3],
            "fold": [0, 0, 1, 1],
            "state": ["AL", "AL", "NY", "NY"],
            "weight": 1.0,
            "target": [10.0, 10.0, 10.0, 10.0],
            "known": 9.0,
            "a": [10.0, 11.0, 8.0, 9.0],
            "b": [12.0, 9.0, 8.0, 9.5],
        }
    )


def test_the_farthest_come_first_and_ties_go_by_id(rows):
    moved = moved_predictions(rows, most=2)
    assert [(row.id, row.state, row.moved) for row in moved.most] == [
        (1, "AL", -2.0),
        (4, "AL", 2.0),
    ]
    assert (moved.rows, moved.moved, moved.folds) == (4, 3, 2)
    assert moved.typical == 1.25


def test_it_says_which_side_is_nearer_to_the_truth(rows):
    moved = moved_predictions(rows, most=9)
    assert {row.id: row.nearer for row in moved.most} == {1: None, 4: "a", 3: "b"}
    assert (moved.a_nearer, moved.b_nearer) == (1, 1)


def test_rows_that_did_not_move_are_not_named(rows):
    moved = moved_predictions(rows.assign(b=rows["a"]), most=5)
    assert (moved.most, moved.moved, moved.typical) == ((), 0, 0)


def test_numbers_are_pythons_own(scored_pair):
    a, b = scored_pair(np.random.default_rng(0), states=2, rows=2)
    row = moved_predictions(a.assign(a=a["predicted"], b=b["predicted"]), most=1).most[0]
    assert [type(value) for value in (row.id, row.fold, row.target, row.moved)] == [
        int,
        int,
        float,
        float,
    ]
