from dataclasses import replace

import numpy as np
import pytest
from link_support import STRUCTURE, separate_windows, training_table
from train_support import make_params as make_train_params

from hw1.core.survey import LINKED_WINDOWS
from hw1.features.design import build_designs
from hw1.features.linked import linked_candidates
from hw1.ingest.fold_links import fold_links
from hw1.ingest.splits import split_folds
from hw1.models.design import to_design
from hw1.models.fold import fit_fold
from hw1.params.ingest import SplitParams

TRAIN = training_table()
FOLDS = split_folds(
    TRAIN, STRUCTURE.days, SplitParams(method="blocks", fraction=0.2, folds=3, seed=0)
)
TEST = separate_windows()
LINKS = fold_links(TRAIN, FOLDS, TEST, STRUCTURE)


def names(link, days=1):
    return [feature.name for feature in linked_candidates(replace(STRUCTURE, link=link), days)]


def test_unlinked_windows_have_no_linked_candidates():
    assert names("none") == []


def test_the_past_alone_needs_no_later_day():
    assert all(name.startswith("previous:") for name in names("past"))
    assert "previous:cli_day1_change" in names("past")
    assert "previous:tested_positive_day1_change" in names("past")


def test_no_candidate_is_made_of_a_hidden_positivity():
    hidden = {
        f"tested_positive_day{STRUCTURE.days * window}"
        for window in range(-LINKED_WINDOWS, LINKED_WINDOWS + 2)
    }
    for feature in linked_candidates(STRUCTURE, "all"):
        assert not hidden & {feature.column, feature.minus}


def test_days_of_signals_are_a_knob():
    few, many = names("both", 1), names("both", 2)
    assert "next:cli_day5_change" in set(many) - set(few)
    assert "previous:cli_day0_change" in set(many) - set(few)
    assert names("both", 0) == [name for name in few if "tested_positive" in name]
    assert names("both", 9) == names("both", "all")


def test_rows_without_a_link_are_nan_in_its_features_only(make_params):
    design = build_designs(TRAIN, FOLDS, STRUCTURE, make_params(), test=TEST, links=LINKS)["1"]
    table = design.table.set_index("id")
    links = LINKS[LINKS["fold"] == "1"].set_index("id").loc[table.index]
    for side in ("previous", "next"):
        columns = [name for name in table if name.startswith(f"{side}:")]
        linked = (links[side] >= 0).to_numpy()
        assert np.isfinite(table.loc[linked, columns]).to_numpy().all()
        assert np.isnan(table.loc[~linked, columns]).to_numpy().all()
    own = [name for name in table if "_day" in name and ":" not in name]
    assert np.isfinite(table[own]).to_numpy().all()
    fitted = table[table["role"] == "train"].drop(columns=["role", "state"])
    linked_columns = [name for name in fitted if ":" in name]
    assert fitted[linked_columns].mean().to_numpy() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "changes",
    [
        {"selection": "correlation", "k": 12},
        {"selection": "f_regression", "k": 12},
        {"selection": "mutual_info", "k": 12},
        {"selection": "lasso", "k": 12},
        {"selection": "lasso"},
        {"selection": "rfe", "k": 12},
    ],
)
def test_every_selection_takes_rows_that_lack_features(make_params, changes):
    design = build_designs(TRAIN, FOLDS, STRUCTURE, make_params(**changes), test=TEST, links=LINKS)[
        "1"
    ]
    assert 0 < len(design.scores) <= 40
    assert np.isfinite(list(design.scores.values())).all()


def test_no_held_out_day_or_day_of_a_gap_reaches_the_model(make_params):
    """All days of rows that a fold is not fitted on are poisoned, targets included."""
    fitted = FOLDS[(FOLDS["fold"] == 1) & (FOLDS["role"] == "train")]["id"]
    poisoned, rows = TRAIN.copy(), ~TRAIN["id"].isin(fitted)
    shape = (int(rows.sum()), len(STRUCTURE.day_columns))
    poisoned.loc[rows, STRUCTURE.day_columns] = np.random.default_rng(0).uniform(0, 100, shape)
    links = fold_links(poisoned, FOLDS, separate_windows(), STRUCTURE)

    clean = build_designs(TRAIN, FOLDS, STRUCTURE, make_params(), test=TEST, links=LINKS)["1"]
    other = build_designs(poisoned, FOLDS, STRUCTURE, make_params(), test=TEST, links=links)["1"]

    training = [design.table[design.table["role"] == "train"] for design in (clean, other)]
    assert training[0].equals(training[1])
    assert clean.fitted == other.fitted
    models = [
        fit_fold(make_train_params(model="lasso"), to_design("1", design.table)).fitted.arrays()
        for design in (clean, other)
    ]
    assert list(models[0]) == list(models[1])
    assert all(np.array_equal(models[0][name], models[1][name]) for name in models[0])
