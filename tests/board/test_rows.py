import pytest

from hw1.board.rows import rows_of
from hw1.lineage.record import Timing


def test_runs_that_differ_in_their_seed_are_one_row(entries, variant):
    runs = [variant("a", mse, seed=seed) for seed, mse in ((0, 1.0), (100, 1.4), (200, 1.1))]
    found = entries(*runs, variant("b", 0.5))
    best, row = rows_of(found)
    assert (best.name, row.name) == ("b", "a")
    values = [entry.value for entry in found[:3]]
    assert row.value == pytest.approx(sum(values) / 3)
    mean = sum(values) / 3
    assert row.deviation == pytest.approx((sum((v - mean) ** 2 for v in values) / 2) ** 0.5)
    assert [entry.seed for entry in row.entries] == [0, 100, 200]
    assert row.typical.seed == 200


def test_other_code_or_data_is_no_other_seed(entries, variant):
    assert len(rows_of(entries(variant("a"), variant("a", seed=1, code="new")))) == 2
    other = variant("a", seed=1, parameters={"train.dropout": 0.5})
    assert len(rows_of(entries(variant("a"), other))) == 2


def test_the_same_seed_again_is_no_other_run(entries, variant):
    first, again = variant("a", 1.0), variant("a", 1.2).known(created=1_800_000_000_000)
    (row,) = rows_of(entries(again, first))
    (run,) = row.entries
    assert run.record.created == 1_800_000_000_000


def test_numbers_are_means_over_the_runs_that_have_them(entries, variant):
    failing = {"extrapolation": {"verdict": "fails"}}
    passing = {"extrapolation": {"verdict": "passes"}}
    took = {"train": Timing(False, 3.0)}
    (row,) = rows_of(
        entries(
            variant("a", test=1.0, evaluated=passing, stages=took),
            variant("a", test=2.0, evaluated=failing, seed=1),
        )
    )
    assert (row.test, row.extrapolation, row.seconds) == (1.5, "fails", 3.0)
    (alone,) = rows_of(entries(variant("b")))
    assert (alone.test, alone.extrapolation, alone.seconds) == (None, None, None)


def test_one_run_shows_its_ensembles_deviation_in_its_own_metric(entries, variant):
    seeds = {"members": 8, "mse_deviation": 0.1, "ensemble_deviation": 0.04}
    mse, rmse, old = (
        rows_of(entries(each))[0]
        for each in (
            variant("a", seeds=seeds),
            variant("a", edition="2021", seeds=seeds),
            variant("a"),
        )
    )
    assert mse.deviation == 0.04
    assert rmse.deviation == pytest.approx(0.04 / (2 * rmse.value))
    assert old.deviation is None


def test_rows_are_known_by_their_digest(entries, variant):
    a, b, c = (
        rows_of(entries(each))[0]
        for each in (variant("a"), variant("b", 2.0), variant("c", fold=1))
    )
    assert a.rows == b.rows != c.rows
