import numpy as np
import pandas as pd
import pytest

from hw1.core.survey import Structure
from hw1.ingest.chains import find_chains
from hw1.ingest.reading import read_edition

STRUCTURE = Structure(("A", "B"), ("cli", "tested_positive"), 3)


def windows(state, first_day, count, seed=0):
    """Windows of a stretch whose days hold numbers of their own."""
    days = np.random.default_rng(seed).uniform(0, 100, (first_day + count + 2, 2))
    rows = [days[start : start + 3].ravel() for start in range(first_day, first_day + count)]
    table = pd.DataFrame(rows, columns=STRUCTURE.day_columns)
    table.insert(0, "state", state)
    return table


def test_rebuilds_shuffled_chains_exactly():
    ordered = pd.concat(
        [windows("A", 0, 10, 1), windows("B", 0, 7, 2), windows("B", 20, 5, 3)], ignore_index=True
    )
    truth = pd.DataFrame(
        {"chain": [0] * 10 + [1] * 7 + [2] * 5, "position": [*range(10), *range(7), *range(5)]}
    )
    shuffled = np.random.default_rng(0).permutation(len(ordered))
    chains = find_chains(ordered.iloc[shuffled].reset_index(drop=True), STRUCTURE)
    truth = truth.iloc[shuffled].reset_index(drop=True)
    assert chains["position"].equals(truth["position"])
    pairs = set(zip(chains["chain"], truth["chain"], strict=True))
    assert len(pairs) == 3
    assert chains["chain"].max() == 2


def test_equal_days_of_two_states_are_two_chains():
    table = pd.concat([windows("A", 0, 4), windows("B", 0, 4)], ignore_index=True)
    chains = find_chains(table, STRUCTURE)
    assert chains["chain"].tolist() == [0] * 4 + [1] * 4


def test_a_window_without_neighbours_is_a_chain_of_its_own():
    table = pd.concat([windows("A", 0, 1, 1), windows("A", 0, 1, 2)], ignore_index=True)
    assert find_chains(table, STRUCTURE)["chain"].tolist() == [0, 1]


def test_days_that_never_change_make_one_chain():
    table = pd.DataFrame(np.full((4, 6), 5.0), columns=STRUCTURE.day_columns)
    table.insert(0, "state", "A")
    chains = find_chains(table, STRUCTURE)
    assert chains["chain"].tolist() == [0] * 4
    assert sorted(chains["position"]) == [0, 1, 2, 3]


def test_a_missing_window_leaves_a_gap_in_the_chain():
    table = windows("A", 0, 12).drop(index=[3, 8]).reset_index(drop=True)
    chains = find_chains(table, STRUCTURE)
    assert set(chains["chain"]) == {0}
    assert chains["position"].tolist() == [0, 1, 2, 4, 5, 6, 7, 9, 10, 11]


def test_windows_that_share_no_day_are_two_chains():
    table = windows("A", 0, 12).drop(index=[4, 5, 6]).reset_index(drop=True)
    assert find_chains(table, STRUCTURE)["chain"].nunique() == 2


def test_real_chains_cover_every_row_once(real_folder):
    edition = read_edition(real_folder)
    chains = find_chains(edition.train, edition.structure)
    assert chains["chain"].nunique() == {"2021": 40, "2022": 46}[real_folder.name]
    assert not chains.duplicated().any()
    lengths = chains.groupby("chain")["position"].agg(["size", "max"])
    assert (lengths["size"] == lengths["max"] + 1).all()


@pytest.mark.parametrize("rows", [1, 2])
def test_tiny_tables(rows):
    assert len(find_chains(windows("A", 0, rows), STRUCTURE)) == rows
