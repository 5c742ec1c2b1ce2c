import numpy as np
import pytest

from hw1.core.errors import ParamsError
from hw1.features.columns import Feature
from hw1.features.selection import select

CANDIDATES = [Feature(name, name) for name in ("noise", "weak", "still", "strong", "twin")]
STATES = np.array(["AL", "NY", "TX", "VA"] * 30, dtype=object)
METHODS = ["all", "manual", "correlation", "f_regression", "mutual_info", "lasso", "rfe"]


@pytest.fixture
def table():
    generator = np.random.default_rng(5)
    values = generator.normal(size=(120, 5))
    values[:, 2] = 7.0
    values[:, 4] = values[:, 3] * 10 + 2
    target = 2 * values[:, 1] + 3 * values[:, 3] + 0.1 * generator.normal(size=120)
    return values, target


def chosen(table, params, places=(0, 1, 2, 3, 4)):
    values, target = table
    candidates = [CANDIDATES[place] for place in places]
    found = select(candidates, values[:, list(places)], target, STATES, params)
    return [candidates[place].name for place in found.places]


@pytest.mark.parametrize("method", METHODS)
def test_k_finds_the_informative_candidates_in_their_order(table, make_params, method):
    params = make_params(selection=method, k=2)
    assert chosen(table, params, places=(0, 1, 2, 3)) == ["weak", "strong"]


@pytest.mark.parametrize("method", ["correlation", "f_regression"])
def test_of_equal_scores_the_earlier_candidate_wins(table, make_params, method):
    table[0][:, 4] = table[0][:, 3]
    assert chosen(table, make_params(selection=method, k=1)) == ["strong"]


@pytest.mark.parametrize("method", ["correlation", "f_regression", "mutual_info", "lasso"])
def test_threshold_keeps_all_that_reach_it(table, make_params, method):
    params = make_params(selection=method, threshold=0.15)
    kept = chosen(table, params, places=(0, 1, 2, 3))
    assert {"weak", "strong"} <= set(kept) <= {"noise", "weak", "strong"}
    assert "still" not in kept


@pytest.mark.parametrize("method", METHODS)
def test_k_and_threshold_hold_together(table, make_params, method):
    params = make_params(selection=method, k=3, threshold=0.5)
    assert chosen(table, params, places=(0, 1, 2, 3))[-1:] == ["strong"]


@pytest.mark.parametrize("method", ["all", "manual"])
def test_without_k_everything_stays_with_its_correlation(table, make_params, method):
    values, target = table
    found = select(CANDIDATES, values, target, STATES, make_params(selection=method))
    assert found.places == (0, 1, 2, 3, 4)
    assert found.scores[2] == 0
    assert found.scores[3] == pytest.approx(abs(np.corrcoef(values[:, 3], target)[0, 1]))


def test_lasso_alone_keeps_what_is_not_zero(table, make_params):
    kept = chosen(table, make_params(selection="lasso"), places=(0, 1, 2, 3))
    assert {"weak", "strong"} <= set(kept)
    assert "still" not in kept


def test_manual_takes_names_and_globs_in_candidate_order(table, make_params):
    params = make_params(selection="manual", names=["t*", "s*"])
    assert chosen(table, params) == ["still", "strong", "twin"]


def test_manual_name_without_a_match_names_the_nearest(table, make_params):
    with pytest.raises(ParamsError, match=r"'stong' matches none of 5 .* nearest is `strong`"):
        chosen(table, make_params(selection="manual", names=["twin", "stong"]))


def test_k_above_the_number_of_candidates_names_both(table, make_params):
    with pytest.raises(ParamsError, match="cannot keep 6 features, there are 5 candidates"):
        chosen(table, make_params(k=6))


def test_threshold_that_nothing_reaches_names_the_highest_score(table, make_params):
    with pytest.raises(
        ParamsError, match=r"threshold 1.5 leaves no feature; the highest score is 0\.8"
    ):
        chosen(table, make_params(selection="correlation", threshold=1.5))


@pytest.mark.parametrize("method", METHODS)
def test_the_same_rows_give_the_same_selection(table, make_params, method):
    values, target = table
    params = make_params(selection=method, k=3)
    first = select(CANDIDATES, values, target, STATES, params)
    assert select(CANDIDATES, values.copy(), target.copy(), STATES, params) == first
