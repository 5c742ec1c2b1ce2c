import numpy as np
import pytest

from hw1.params.sweep import PruningParams
from hw1.sweep.halving import goes_on, pool_of, rungs
from hw1.sweep.trial import Outcome


@pytest.mark.parametrize(
    ("first", "reduction", "epochs", "expected"),
    [(5, 3, 15, [5]), (5, 3, 16, [5, 15]), (1, 2, 8, [1, 2, 4]), (5, 2, 5, []), (9, 2, 4, [])],
)
def test_rungs_grow_by_the_reduction_and_end_before_the_last_epoch(
    first, reduction, epochs, expected
):
    assert rungs(PruningParams(first_epoch=first, reduction=reduction), epochs) == expected


def test_without_pruning_there_are_no_rungs():
    assert rungs(None, 100) == []


def test_the_best_of_all_so_far_go_on():
    errors = np.array([4.0, 1.0, np.nan, 3.0, 2.0])

    assert goes_on(errors, [], 2).tolist() == [False, True, False, False, True]
    assert goes_on(errors, [0.5, 0.6, 0.7, 0.8], 2).tolist() == [False] * 5
    assert goes_on(errors, [9.0, 9.0, 9.0, 9.0], 2).tolist() == [True, True, False, True, True]


def test_the_only_one_goes_on_and_nobody_of_none():
    assert goes_on(np.array([7.0]), [], 4).tolist() == [True]
    assert goes_on(np.array([np.nan]), [], 4).tolist() == [False]


def test_the_pool_holds_what_trials_had_at_each_rung():
    outcomes = [
        Outcome(0, "complete", curve=(5.0, 4.0, 3.0, 2.0)),
        Outcome(1, "pruned", curve=(6.0, 5.0)),
        Outcome(2, "complete"),
        Outcome(3, "failed", reason="no feature"),
    ]

    pool = pool_of(outcomes, PruningParams(first_epoch=1, reduction=2))

    assert pool == {1: [5.0, 6.0], 2: [4.0, 5.0], 4: [2.0]}
    assert pool_of(outcomes, None) == {}
