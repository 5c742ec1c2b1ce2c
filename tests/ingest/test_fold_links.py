import numpy as np
import pandas as pd
import pytest
from link_support import STRUCTURE, separate_windows, training_table

from hw1.core.survey import Structure
from hw1.ingest.fold_links import COLUMNS, fold_links, links_audit
from hw1.ingest.splits import split_folds
from hw1.params.ingest import SplitParams

DAYS = STRUCTURE.days
TRAIN, TEST = training_table(), separate_windows()


def split(method, train=TRAIN):
    return split_folds(train, DAYS, SplitParams(method=method, fraction=0.3, folds=3, seed=0))


def linked(links, side="next"):
    """Links with both ends' chain and position."""
    places = TRAIN[["id", "chain", "position"]]
    found = links[links[side] >= 0].merge(places, on="id")
    return found.merge(places, left_on=side, right_on="id", suffixes=("", "_other"))


@pytest.mark.parametrize("method", ["forward", "rolling", "blocks", "state", "random"])
def test_training_rows_have_their_true_neighbours_of_the_same_fold(method):
    folds = split(method)
    links = fold_links(TRAIN, folds, TEST, STRUCTURE)
    for fold, rows in folds.groupby("fold"):
        fitted = set(rows["id"][rows["role"] == "train"])
        own = links[(links["fold"] == str(fold)) & links["id"].isin(fitted)]
        assert len(own) == len(fitted)
        for side, shift in (("previous", -DAYS), ("next", DAYS)):
            assert set(own[side]) <= fitted | {-1}
            pairs = linked(own, side)
            assert (pairs["chain"] == pairs["chain_other"]).all()
            assert (pairs["position_other"] - pairs["position"] == shift).all()
            assert method == "random" or len(pairs)


@pytest.mark.parametrize("method", ["forward", "rolling", "blocks", "state"])
def test_held_out_rows_are_linked_apart_from_training_rows(method):
    folds = split(method)
    links = fold_links(TRAIN, folds, TEST, STRUCTURE)
    for fold, rows in folds.groupby("fold"):
        fitted = rows["id"][rows["role"] == "train"]
        held_out = rows["id"][rows["role"] == "validation"]
        own = links[(links["fold"] == str(fold)) & ~links["id"].isin(fitted)]
        assert set(held_out) <= set(own["id"])
        assert own["id"].is_unique
        assert not own["next"].isin(fitted).any()
        pairs = linked(own)
        right = (pairs["position_other"] - pairs["position"] == DAYS).mean()
        assert len(pairs)
        assert right > 0.9


def test_windows_of_a_gap_stand_beside_held_out_ones():
    folds = split("blocks")
    links = fold_links(TRAIN, folds, TEST, STRUCTURE)
    middle = folds[(folds["fold"] == 1) & (folds["role"] == "validation")]
    own = links[(links["fold"] == "1") & links["id"].isin(middle["id"])]
    assert (own[["previous", "next"]] >= 0).to_numpy().mean() > 0.9


def test_the_final_fold_and_the_test_rows_are_linked():
    links = fold_links(TRAIN, split("forward"), TEST, STRUCTURE)
    final, test = (links[links["fold"] == name] for name in ("final", "test"))
    assert final["id"].tolist() == TRAIN["id"].tolist()
    assert (final["next"] >= 0).sum() == len(TRAIN) - 2 * DAYS
    assert test["id"].tolist() == TEST["id"].tolist()
    assert (test["next"] >= 0).sum() == len(TEST) - 2
    assert list(links) == list(COLUMNS)


def test_nothing_is_linked_without_links():
    plain = Structure(STRUCTURE.states, STRUCTURE.signals, DAYS)
    links = fold_links(TRAIN, split("forward"), TEST, plain)
    assert links.empty
    assert list(links) == list(COLUMNS)


def test_the_audit_counts_right_links():
    report = links_audit(TRAIN, TEST, STRUCTURE)
    assert report["windows"] == len(TRAIN)
    assert report["right_share"] > 0.95
    assert report["linked_share"] == pytest.approx(report["with_follower_share"], abs=0.05)
    assert report["test_linked_share"] == pytest.approx((len(TEST) - 2) / len(TEST))
    assert 0.5 < report["confidence_right"] <= 1
    assert all(np.isfinite(value) for value in report.values())


def test_poison_in_held_out_rows_changes_no_training_link():
    folds = split("blocks")
    clean = fold_links(TRAIN, folds, TEST, STRUCTURE)
    fitted = folds[(folds["fold"] == 1) & (folds["role"] == "train")]["id"]
    poisoned = TRAIN.copy()
    rows = ~poisoned["id"].isin(fitted)
    generator = np.random.default_rng(0)
    shape = (int(rows.sum()), len(STRUCTURE.day_columns))
    poisoned.loc[rows, STRUCTURE.day_columns] = generator.uniform(0, 100, shape)
    other = fold_links(poisoned, folds, TEST, STRUCTURE)

    def of_training(links):
        own = links[(links["fold"] == "1") & links["id"].isin(fitted)]
        return own.reset_index(drop=True)

    pd.testing.assert_frame_equal(of_training(clean), of_training(other))
