import numpy as np
import pandas as pd
import pytest

from hw1.core.survey import Structure
from hw1.features.candidates import build_candidates
from hw1.features.pairs import with_pairs

STRUCTURE = Structure(("AL", "NY"), ("cli", "tested_positive"), 4)


def stretch(state, days, seed):
    """One state's survey, [days, signals], percent."""
    return state, np.random.default_rng(seed).uniform(5, 40, (days, 2))


def cut(stretches, starts):
    """Windows of 4 days; the id tells the stretch and the first day."""
    rows = []
    for number, (state, survey) in enumerate(stretches):
        for start in starts:
            rows.append([100 * number + start, state, *survey[start : start + 4].ravel()])
    return pd.DataFrame(rows, columns=["id", "state", *STRUCTURE.day_columns])


@pytest.fixture
def candidates(make_params):
    return build_candidates(STRUCTURE, make_params())


def test_every_step_of_a_stretch_is_there_once(candidates):
    """From overlapping windows each day's step is kept once, whichever window shows it."""
    state, survey = stretch("AL", 10, seed=1)
    rows = with_pairs(cut([(state, survey)], range(7)), None, STRUCTURE, candidates)
    steps = rows[["tested_positive_day3", "tested_positive_day4", "cli_day4"]].to_numpy()
    expected = np.column_stack([survey[:-1, 1], survey[1:, 1], survey[1:, 0]])
    assert sorted(map(tuple, steps)) == sorted(map(tuple, expected))
    assert rows["origin"].value_counts().to_dict() == {"own": 7, "within": 2}
    assert rows["origin"].tolist()[:7] == ["own"] * 7


def test_shown_windows_give_steps_between_visible_days_only(candidates):
    training, shown = cut([stretch("AL", 8, seed=1)], [0]), cut([stretch("NY", 4, seed=2)], [0])
    visible = shown.drop(columns=STRUCTURE.target_column)
    rows = with_pairs(training, visible, STRUCTURE, candidates)
    steps = rows[rows["origin"] == "shown"]
    assert len(steps) == 2
    assert set(steps["state"]) == {"NY"}
    hidden = {*shown[STRUCTURE.target_column], *shown["cli_day4"]}
    assert not hidden & set(steps[STRUCTURE.day_columns].to_numpy().ravel())
    pd.testing.assert_frame_equal(rows, with_pairs(training, shown, STRUCTURE, candidates))


def test_features_that_reach_back_leave_fewer_pairs(make_params):
    windows = cut([stretch("AL", 4, seed=1)], [0])
    for days, pairs in ((1, 2), (2, 1), ("all", 0)):
        candidates = build_candidates(STRUCTURE, make_params(days=days))
        rows = with_pairs(windows, windows, STRUCTURE, candidates)
        assert (rows["origin"] == "within").sum() == pairs
        assert (rows["origin"] == "shown").sum() == 0, "the same steps as within"


def test_the_same_values_in_another_state_are_another_step(candidates):
    state, survey = stretch("AL", 4, seed=1)
    rows = with_pairs(cut([(state, survey), ("NY", survey)], [0]), None, STRUCTURE, candidates)
    assert (rows["origin"] == "within").sum() == 4
