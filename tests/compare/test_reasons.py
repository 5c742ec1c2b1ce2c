import dataclasses

import numpy as np
import pytest

from hw1.compare.metrics import metric_changes
from hw1.compare.paired import paired_difference
from hw1.compare.reasons import notes_on, why_not_paired


@pytest.fixture
def side(make_side, scored_pair):
    predictions, _ = scored_pair(np.random.default_rng(0), states=3, rows=4)
    return lambda **parameters: make_side(
        predictions, {key.replace("__", "."): value for key, value in parameters.items()}
    )


def test_missing_predictions_name_their_side(side):
    bare = dataclasses.replace(side(), predictions=None)
    assert why_not_paired(bare, side()).startswith("A's predictions are not in DVC's cache")
    assert why_not_paired(side(), bare).startswith("B's predictions are not in DVC's cache")


def test_other_editions_share_no_rows(side):
    assert why_not_paired(side(), side(ingest__edition="2022")) == (
        "A is of edition `sample`, B of `2022`: they share no rows"
    )


def test_another_split_says_how_to_run_with_the_same(side):
    reason = why_not_paired(side(), side(ingest__split__method="random"))
    assert reason == (
        "A was validated on `forward`, B on `random (leaks)`: run one with the other's split, "
        "such as B with -S ingest.split.method=forward"
    )


def test_every_setting_of_the_split_is_to_be_made_the_same(side):
    reason = why_not_paired(
        side(ingest__split__seed=1), side(ingest__split__seed=2, ingest__split__fraction=0.3)
    )
    assert "`ingest.split.fraction`, `ingest.split.seed`" in reason
    assert reason.endswith("B with -S ingest.split.fraction=0.2 -S ingest.split.seed=1")


def test_a_setting_that_only_b_knows_cannot_be_set_to_that_of_a(side):
    reason = why_not_paired(side(), side(ingest__split__gap=3))
    assert reason == "A and B differ in `ingest.split.gap`: run one with the other's split"


def test_the_same_parameters_leave_data_and_code(side):
    assert "data or the code" in why_not_paired(side(), side())


def test_nothing_odd_needs_no_note(better):
    a, b = better
    paired = paired_difference(a.predictions, b.predictions)
    assert list(notes_on(a, b, paired)) == []


def test_few_states_leaks_and_single_seeds_are_noted(side, make_side):
    a, b = side(ingest__split__method="random"), side(ingest__split__method="random")
    alone = dataclasses.replace(
        b,
        metrics={"evaluate.seeds.members": 1},
        parameters=b.parameters | {"train.seeds": 1},
    )
    notes = notes_on(a, alone, paired_difference(a.predictions, b.predictions))
    assert [note.partition(":")[0] for note in notes] == [
        "A and B",
        "3 states only",
        "B with one seed",
    ]


def test_linked_windows_are_noted(side):
    forecast, linked = side(), side(ingest__link="both")
    (note,) = notes_on(forecast, linked, None)
    assert note.startswith("B transductive: ")
    assert linked.split == "forward, transductive"


def test_other_code_is_noted_where_it_is_known(side):
    a, b, unknown = (dataclasses.replace(side(), code=code) for code in ("x", "y", ""))
    assert list(notes_on(a, b, None)) == ["A and B were made by other code"]
    assert list(notes_on(a, a, None)) == list(notes_on(a, unknown, None)) == []


def test_a_leaderboard_that_says_otherwise_is_noted(better):
    a, b = better
    paired = paired_difference(a.predictions, b.predictions)

    def notes(score, difference=paired):
        other = dataclasses.replace(b, metrics=b.metrics | {"submit.score.all.mse": score})
        return list(notes_on(a, other, difference, metric_changes(a, other, same_rows=True)))

    assert notes(1.25) == ["the leaderboard MSE says otherwise: A 1.200, B 1.250"]
    assert notes(1.15) == []
    assert notes(1.25, dataclasses.replace(paired, high=0.1)) == []
