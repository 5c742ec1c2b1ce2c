import numpy as np
import pandas as pd
import pytest
from link_support import STRUCTURE, cut, separate_windows, stretch

from hw1.core.survey import Structure
from hw1.ingest.links import _break_cycles, link_windows


def followers(windows, structure=STRUCTURE):
    return link_windows(windows, structure)["next"].tolist()


def test_a_stretch_is_put_together_again():
    links = link_windows(separate_windows(windows=20), STRUCTURE)
    assert links["next"].tolist() == [*range(1, 20), -1, *range(21, 40), -1]
    assert links["previous"].tolist() == [-1, *range(19), -1, *range(20, 39)]
    linked = links["next"] >= 0
    assert links["confidence"][linked].between(0.1, 1).all()
    assert (links["confidence"][~linked] == 0).all()


def test_the_order_of_rows_does_not_matter():
    windows = separate_windows()
    order = np.random.default_rng(3).permutation(len(windows))
    plain, shuffled = followers(windows), followers(windows.iloc[order].reset_index(drop=True))
    place = np.argsort(order)
    expected = [place[plain[row]] if plain[row] >= 0 else -1 for row in order]
    assert shuffled == expected


def test_the_hidden_positivity_is_not_looked_at():
    windows = separate_windows()
    assert followers(windows.assign(tested_positive_day3=np.nan)) == followers(windows)


def test_a_gap_in_the_days_ends_a_stretch():
    windows = cut(stretch(60, seed=5), 3).assign(state="AL")
    far = windows.copy()
    far.loc[12:, STRUCTURE.day_columns] += 8.0
    assert followers(windows) == [*range(1, 20), -1]
    assert followers(far) == [*range(1, 12), -1, *range(13, 20), -1]


def test_windows_alone_stay_alone():
    alone = pd.concat([cut(stretch(3, seed), 3) for seed in range(20)], ignore_index=True)
    assert followers(alone.assign(state="AL")) == [-1] * 20
    assert followers(alone.iloc[:1].assign(state="AL")) == [-1]
    assert followers(alone.iloc[:0].assign(state="AL")) == []


def test_windows_of_other_states_are_never_linked():
    windows = cut(stretch(6, seed=4), 3)
    assert followers(windows.assign(state=["AL", "NY"])) == [-1, -1]


def test_windows_of_two_days_link_too():
    structure = Structure(("AL",), STRUCTURE.signals, 2, "both")
    windows = cut(stretch(60, 1, structure), 2, structure).assign(state="AL")
    assert followers(windows, structure) == [*range(1, 30), -1]


def test_constant_signals_say_nothing_and_break_nothing():
    windows = separate_windows(windows=20).assign(**{f"shop_day{day}": 50.0 for day in (1, 2, 3)})
    assert followers(windows) == [*range(1, 20), -1, *range(21, 40), -1]


def test_days_that_stand_still_make_no_circle():
    windows = pd.DataFrame(40.0, index=range(4), columns=STRUCTURE.day_columns).assign(state="AL")
    links = followers(windows)
    for start in range(4):
        row, seen = start, set()
        while row >= 0:
            assert row not in seen
            seen.add(row)
            row = links[row]


@pytest.mark.parametrize("dearest", [0, 1, 2])
def test_a_circle_opens_at_its_dearest_link(dearest):
    following, costs = np.array([1, 2, 0, -1]), np.ones((4, 4))
    costs[dearest, following[dearest]] = 3.0
    expected = following.copy()
    expected[dearest] = -1
    _break_cycles(following, costs)
    assert following.tolist() == expected.tolist()
