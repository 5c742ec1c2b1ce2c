from pathlib import Path

import pytest

from hw1.core.errors import DataError
from hw1.ingest.header import check_test_header, read_structure

FILE = Path("covid.train.csv")
HEADER = ["id", "AL", "CA", *["cli", "shop", "tested_positive"] * 3]


def test_finds_states_signals_and_days():
    structure = read_structure(HEADER, FILE)
    assert structure.states == ("AL", "CA")
    assert structure.signals == ("cli", "shop", "tested_positive")
    assert structure.days == 3
    assert structure.target_column == "tested_positive_day3"
    assert structure.known_column == "tested_positive_day2"
    assert structure.visible_columns == structure.day_columns[:-1]


def test_takes_pandas_suffixes_for_repeated_names():
    numbered = [*HEADER[:6], "cli.1", "shop.1", "tested_positive.1", "cli.2", "shop.2"]
    numbered.append("tested_positive.2")
    assert read_structure(numbered, FILE) == read_structure(HEADER, FILE)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER[1:], "column 1: the first column must be `id`"),
        (["id", "AL", "cli", "tested_positive"], "occurs 1 times"),
        (["id", "AL", "cli"], "occurs 0 times"),
        (HEADER[:-1], "`cli` follows the last `tested_positive`"),
        ([*HEADER, "extra"], "column 13: `extra` follows"),
        (
            [*HEADER[:6], "shop", "cli", *HEADER[8:]],
            "column 7: `shop` stands where day 2 should have `cli`",
        ),
        ([*HEADER[:7], *HEADER[8:]], "column 8: `tested_positive` stands where"),
        (["id", *["cli", "tested_positive"] * 2], "column 2: one-hot state columns"),
        (["id", "AL", "AL", *["cli", "tested_positive"] * 2], "column 3: `AL` is not a state's"),
        (["id", "AL", *["cli", "cli", "tested_positive"] * 2], "occur twice within a day: cli"),
        (["id", "tested_positive", "a", "b", "tested_positive"], "comes too early"),
    ],
)
def test_names_the_column_that_does_not_fit(header, message):
    with pytest.raises(DataError, match=message):
        read_structure(header, FILE)


def test_accepts_the_test_files_columns():
    check_test_header(HEADER[:-1], read_structure(HEADER, FILE), Path("covid.test.csv"))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER, "column 12: `tested_positive`: the target must not be in the test file"),
        (HEADER[:-2], "column 11: `nothing` stands where the training file has `shop`"),
        ([*HEADER[:1], "CA", "AL", *HEADER[3:-1]], "column 2: `CA` stands where"),
        ([*HEADER[:-1], "extra"], "column 12: `extra`: unexpected"),
    ],
)
def test_names_the_test_files_column_that_does_not_fit(header, message):
    with pytest.raises(DataError, match=message):
        check_test_header(header, read_structure(HEADER, FILE), Path("covid.test.csv"))
