from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from link_support import STRUCTURE, separate_windows

from hw1.core.survey import LINKED_WINDOWS, column_name
from hw1.linked import with_neighbours

DAYS = STRUCTURE.days
WINDOWS = separate_windows(windows=8)
IDS = WINDOWS["id"].to_numpy()
FIRST, LAST = IDS % 8 == 0, IDS % 8 == 7  # of every state's stretch
CHAIN = pd.DataFrame(
    {
        "id": IDS,
        "previous": np.where(FIRST, -1, IDS - 1),
        "next": np.where(LAST, -1, IDS + 1),
    }
)


def test_days_are_counted_on_from_the_windows_own():
    seen = with_neighbours(WINDOWS, WINDOWS, CHAIN, STRUCTURE)
    assert len(seen) == len(WINDOWS)
    middle = seen.iloc[3]
    for day in range(1, DAYS + 1):
        for signal in ("cli", "shop"):
            own = column_name(signal, day)
            assert middle[column_name(signal, day - DAYS)] == WINDOWS[own][2]
            assert middle[column_name(signal, day + DAYS)] == WINDOWS[own][4]
    assert middle["tested_positive_day4"] == WINDOWS["tested_positive_day1"][4]
    assert middle["tested_positive_day-1"] == WINDOWS["tested_positive_day2"][2]
    assert middle["tested_positive_day7"] == WINDOWS["tested_positive_day1"][5]
    assert middle["tested_positive_day-4"] == WINDOWS["tested_positive_day2"][1]


@pytest.mark.parametrize("link", ["past", "both"])
def test_hidden_positivity_is_never_copied(link):
    structure = replace(STRUCTURE, link=link)
    full = WINDOWS.assign(tested_positive_day3=99.0)
    seen = with_neighbours(full, full, CHAIN, structure).drop(columns="tested_positive_day3")
    hidden = {
        column_name("tested_positive", DAYS * window)
        for window in range(-LINKED_WINDOWS, LINKED_WINDOWS + 2)
    }
    assert not hidden & set(seen.columns)
    assert not (seen.drop(columns="state") == 99.0).to_numpy().any()


def test_the_past_alone_shows_no_later_day():
    seen = with_neighbours(WINDOWS, WINDOWS, CHAIN, replace(STRUCTURE, link="past"))
    assert "cli_day0" in seen
    assert "cli_day4" not in seen
    assert "tested_positive_day4" not in seen


def test_without_links_windows_stay_as_they_are():
    assert with_neighbours(WINDOWS, WINDOWS, CHAIN, replace(STRUCTURE, link="none")) is WINDOWS


def test_ends_of_stretches_are_nan_beside_and_still_farther_away():
    seen = with_neighbours(WINDOWS, WINDOWS, CHAIN, STRUCTURE)
    first, last_but_one = seen.iloc[0], seen.iloc[6]
    assert np.isnan(first["cli_day0"])
    assert np.isnan(first["tested_positive_day-1"])
    assert np.isnan(first["tested_positive_day-4"])
    assert np.isfinite(last_but_one["tested_positive_day4"])
    for day in (7, 8, 10, 11):
        assert last_but_one[f"tested_positive_day{day}"] == last_but_one["tested_positive_day5"]


def test_rows_keep_their_index_and_ids_need_no_order():
    shuffled = WINDOWS.sample(frac=1, random_state=1)
    seen = with_neighbours(shuffled, WINDOWS.iloc[::-1], CHAIN, STRUCTURE)
    expected = with_neighbours(WINDOWS, WINDOWS, CHAIN, STRUCTURE)
    pd.testing.assert_frame_equal(seen, expected.loc[shuffled.index])
