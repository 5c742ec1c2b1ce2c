"""The last day's other signals, where they are not to be seen."""

import numpy as np
import pandas as pd
import pytest

from hw1.core.survey import WHOLE_DAY_PREFIXES
from hw1.features.candidates import build_candidates
from hw1.features.design import build_fold_designs

NO_LINKS = pd.DataFrame({"fold": [], "id": [], "previous": [], "next": []})


def names(structure, params) -> list[str]:
    return [feature.name for feature in build_candidates(structure, params)]


def test_levels_and_changes_end_a_day_earlier(structure, make_params):
    found = names(structure, make_params(last_day=False))
    assert found == [
        "cli_day2",
        "shop_day2",
        "tested_positive_day2",
        "cli_day2_change",
        "shop_day2_change",
        "tested_positive_day2_change",
    ]


def test_all_days_are_all_but_the_last(structure, make_params):
    found = names(structure, make_params(last_day=False, days="all", differences="all"))
    assert found
    assert not [name for name in found if "day3" in name]


def folds(windows: pd.DataFrame) -> pd.DataFrame:
    role = np.where(windows["id"] % 3 == 0, "validation", "train")
    columns = {"fold": 0, "id": windows["id"], "role": role, "weight": 1.0}
    return pd.DataFrame(columns | {"shown": role == "validation"})


@pytest.mark.parametrize("pairs", ["last", "within", "with_test"])
def test_nothing_of_the_last_day_reaches_a_feature(structure, make_params, make_windows, pairs):
    windows = make_windows(structure)
    params = make_params(last_day=False, pairs=pairs)
    design = build_fold_designs(windows, folds(windows), structure, params, NO_LINKS)["0"]
    last = structure.columns_of(structure.days)
    other = windows.assign(**{name: windows[name].to_numpy()[::-1] for name in last})
    moved = build_fold_designs(other, folds(other), structure, params, NO_LINKS)["0"]
    features = design.fitted.names
    assert features == moved.fitted.names
    held_out = (design.table["role"] == "validation").to_numpy()
    # standardisation is fitted on training rows, whose features do not move either
    before, after = (each.table.loc[held_out, features] for each in (design, moved))
    pd.testing.assert_frame_equal(before, after)


def test_the_last_day_stands_in_the_design_for_whoever_predicts_it(
    structure, make_params, make_windows
):
    windows = make_windows(structure)
    params = make_params(last_day=False, differences=0, pairs="within")
    table = build_fold_designs(windows, folds(windows), structure, params, NO_LINKS)["0"].table
    own = table[table["origin"] == "own"].set_index("id")
    by_id = windows.set_index("id")
    for signal in ("cli", "shop"):
        for prefix, day in zip(WHOLE_DAY_PREFIXES, (3, 2), strict=True):
            expected = by_id.loc[own.index, f"{signal}_day{day}"]
            assert own[f"{prefix}{signal}"].tolist() == expected.tolist()
    pairs = table[table["origin"] == "within"]
    assert len(pairs)
    assert not pairs.isna().any().any()
    assert set(pairs["true:cli"]) <= set(windows["cli_day2"])


def test_where_the_last_day_is_seen_the_design_is_as_it_was(structure, make_params, make_windows):
    windows = make_windows(structure)
    designs = build_fold_designs(windows, folds(windows), structure, make_params(), NO_LINKS)
    table = designs["0"].table
    assert not [name for name in table if name.startswith(WHOLE_DAY_PREFIXES)]
