import json

import numpy as np
import pandas as pd
import pytest

from hw1.core.errors import DataError
from hw1.features.design import build_designs, summarise

NO_LINKS = pd.DataFrame({"fold": [], "id": [], "previous": [], "next": []})
METHODS = ["all", "correlation", "f_regression", "mutual_info", "lasso", "rfe"]


@pytest.fixture
def windows(structure, make_windows):
    """Ids that are neither sorted nor places."""
    return make_windows(structure).assign(id=np.random.default_rng(1).permutation(60) + 100)


@pytest.fixture
def folds(windows):
    """Two folds with their own validation rows and five rows in neither role."""
    rows = []
    for fold, held_out in enumerate([range(40, 55), range(20, 35)]):
        for place, identity in enumerate(windows["id"]):
            if place < 55:
                role, weight = ("validation", 0.5) if place in held_out else ("train", 1.0)
                rows.append({"fold": fold, "id": identity, "role": role, "weight": weight})
    return pd.DataFrame(rows).assign(shown=False)


def test_tables_hold_the_folds_rows_in_their_order(windows, folds, structure, make_params):
    designs = build_designs(windows, folds, structure, make_params(), test=windows, links=NO_LINKS)
    assert list(designs) == ["0", "1", "final"]
    table = designs["1"].table
    assert list(table) == [
        *("id", "role", "weight", "origin", "state", "target", "known"),
        *designs["1"].fitted.names,
    ]
    expected = folds[folds["fold"] == 1]
    for column in ("id", "role", "weight"):
        assert table[column].tolist() == expected[column].tolist()
    source = windows.set_index("id").loc[table["id"]]
    assert table["target"].tolist() == source["tested_positive_day3"].tolist()
    assert table["known"].tolist() == source["tested_positive_day2"].tolist()
    assert table["state"].tolist() == source["state"].tolist()


def test_final_trains_on_every_row(windows, folds, structure, make_params):
    table = build_designs(windows, folds, structure, make_params(), test=windows, links=NO_LINKS)[
        "final"
    ].table
    assert table["id"].tolist() == windows["id"].tolist()
    assert set(table["role"]) == {"train"}
    np.testing.assert_allclose(table["cli_day3"].mean(), 0, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_rows_outside_training_do_not_touch_the_fit(windows, folds, structure, make_params, method):
    params = make_params(selection=method, k=3)
    clean = build_designs(windows, folds, structure, params, test=windows, links=NO_LINKS)["0"]
    poisoned = windows.copy()
    poisoned.loc[40:, structure.day_columns] = 97.0
    poisoned.loc[40:, structure.target_column] = 1.0
    other = build_designs(poisoned, folds, structure, params, test=windows, links=NO_LINKS)["0"]
    assert other.fitted == clean.fitted
    assert other.scores == clean.scores
    rows = (clean.table["role"] == "train").to_numpy()
    pd.testing.assert_frame_equal(other.table[rows], clean.table[rows])


def test_summary_names_what_was_chosen_and_how_far_folds_agree(
    windows, folds, structure, make_params
):
    designs = build_designs(
        windows,
        folds,
        structure,
        make_params(selection="correlation", k=2, differences="all"),
        test=windows,
        links=NO_LINKS,
    )
    summary = summarise(designs)
    assert summary["count"] == 2
    chosen = [set(designs[fold].fitted.names) for fold in ("0", "1", "final")]
    assert summary["in_every_fold"] == len(set.intersection(*chosen)) >= 1
    assert set(summary["selected"]) == chosen[2]
    assert 0.5 < summary["selected"]["cli_day3_change"] < 1
    json.dumps(summary, allow_nan=False)


def test_a_repeated_id_is_not_silently_joined(windows, folds, structure, make_params):
    with pytest.raises(DataError, match="same id"):
        build_designs(
            windows.assign(id=100), folds, structure, make_params(), test=windows, links=NO_LINKS
        )
