import csv
import dataclasses

import pytest

from hw1.simulate import SimulationConfig, simulate_edition, write_edition
from hw1.simulate.config import state_names

TINY = SimulationConfig(
    states=state_names(3),
    signals=("cli", "gardening", "tested_positive"),
    days=3,
    train_rows=30,
    test_rows=9,
)


def rows_of(path):
    with path.open(newline="") as lines:
        return list(csv.reader(lines))


def test_files_have_the_homework_s_columns(tmp_path):
    train, test, solution = map(rows_of, write_edition(tmp_path, TINY))
    day = ["cli", "gardening", "tested_positive"]
    assert train[0] == ["id", "AL", "AK", "AZ", *day, *day, *day]
    assert test[0] == train[0][:-1]
    assert solution[0] == ["id", "tested_positive", "usage"]
    assert (len(train), len(test), len(solution)) == (31, 10, 10)
    for table in (train, test, solution):
        assert {len(row) for row in table} == {len(table[0])}
        assert [row[0] for row in table[1:]] == [str(number) for number in range(len(table) - 1)]


def test_numbers_are_the_simulated_ones(tmp_path):
    train, test, solution = map(rows_of, write_edition(tmp_path, TINY))
    edition = simulate_edition(TINY)
    for row, state, window in zip(
        train[1:], edition.train_states, edition.train_windows, strict=True
    ):
        assert row[1:4] == ["1" if number == state else "0" for number in range(3)]
        assert [float(text) for text in row[4:]] == window.ravel().tolist()
    for row, window in zip(test[1:], edition.test_windows, strict=True):
        assert [float(text) for text in row[4:]] == window.ravel().tolist()[:-1]
    targets = edition.test_windows[:, -1, -1].tolist()
    assert [float(row[1]) for row in solution[1:]] == targets
    assert {row[2] for row in solution[1:]} == {"Public", "Private"}


def test_values_have_at_most_seven_decimals_and_no_exponent(tmp_path):
    for row in rows_of(write_edition(tmp_path, TINY)[0])[1:]:
        for text in row[4:]:
            whole, _, decimals = text.partition(".")
            assert whole.isdigit()
            assert decimals.isdigit()
            assert len(decimals) <= 7


def test_lines_end_in_line_feeds(tmp_path):
    for path in write_edition(tmp_path, TINY):
        content = path.read_bytes()
        assert content.endswith(b"\n")
        assert b"\r" not in content


@pytest.mark.parametrize(
    ("changes", "header", "first_state"),
    [
        ({"header": "numbered"}, "tested_positive.2", {"0", "1"}),
        ({"one_hot": "decimal"}, "tested_positive", {"0.0", "1.0"}),
    ],
)
def test_other_spellings(tmp_path, changes, header, first_state):
    train = rows_of(write_edition(tmp_path, dataclasses.replace(TINY, **changes))[0])
    assert train[0][-1] == header
    assert {row[1] for row in train[1:]} == first_state


def test_file_names_can_have_underscores(tmp_path):
    write_edition(tmp_path / "new", dataclasses.replace(TINY, separator="_"))
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == ["covid_test.csv", "covid_train.csv", "solution.csv"]
