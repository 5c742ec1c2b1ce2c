import shutil
from dataclasses import replace

import numpy as np
import pytest
from support import SMALL

from hw1.core.errors import DataError
from hw1.ingest.reading import read_edition
from hw1.simulate import SimulationConfig, write_edition


def edit(path, line, column, value):
    """Replace one field; lines and columns count from 1."""
    lines = path.read_text().split("\n")
    fields = lines[line - 1].split(",")
    fields[column - 1] = value
    lines[line - 1] = ",".join(fields)
    path.write_text("\n".join(lines))


def test_tidy_tables_name_signal_and_day(edition_folder):
    edition = read_edition(edition_folder)
    assert list(edition.train.columns[:4]) == ["id", "state", "cli_day1", "wearing_mask_day1"]
    assert edition.train.columns[-1] == "tested_positive_day3"
    assert edition.test.columns[-1] == "wearing_mask_day3"
    assert len(edition.train) == 90
    assert set(edition.train["state"]) == set(SMALL.states)
    assert set(edition.solution["usage"]) == {"public", "private"}


@pytest.mark.parametrize("days", [2, 3, 5, 7])
@pytest.mark.parametrize("header", ["repeated", "numbered"])
def test_an_unseen_edition_loads_by_structure_alone(tmp_path, days, header):
    config = SimulationConfig(
        seed=days,
        states=("North", "South", "x1"),
        signals=("humour", "cli", "tested_positive"),
        days=days,
        train_rows=60,
        test_rows=12,
        header=header,
        separator="_",
        one_hot="decimal",
    )
    write_edition(tmp_path, config)
    edition = read_edition(tmp_path)
    assert edition.structure.days == days
    assert edition.structure.states == config.states
    assert edition.structure.signals == config.signals
    assert len(edition.train) == 60
    assert len(edition.test) == 12


@pytest.mark.parametrize(
    ("line", "column", "value", "message"),
    [
        (3, 5, "101", r"line 3, column 5 \(`cli`\) holds 101: percentages lie in 0..100"),
        (4, 6, "-0.5", r"line 4, column 6 \(`wearing_mask`\) holds -0.5: percentages"),
        (5, 2, "0.5", "line 5, column 2 .* a one-hot state column holds only 0 and 1"),
        (7, 1, "3.5", r"line 7, column 1 \(`id`\) holds 3.5: an id is a whole number"),
        (8, 1, "0", "line 8, column 1 .* holds 0: ids must be unique"),
        (8, 1, "1e300", "line 8, column 1 .* holds 1e\\+300: an id is at most 9007199254740991"),
        (9, 13, "high", r"line 9, column 13 \(`tested_positive`\) holds 'high'"),
    ],
)
def test_names_the_place_of_a_wrong_value(edition_folder, line, column, value, message):
    edit(edition_folder / "covid.train.csv", line, column, value)
    with pytest.raises(DataError, match=message):
        read_edition(edition_folder)


@pytest.mark.parametrize("one_hot", ["000", "110"])
def test_refuses_a_row_of_no_state_or_two(edition_folder, one_hot):
    for offset, value in enumerate(one_hot):
        edit(edition_folder / "covid.test.csv", 6, 2 + offset, value)
    with pytest.raises(DataError, match=r"covid\.test\.csv, line 6, .* exactly one state"):
        read_edition(edition_folder)


def test_refuses_test_ids_that_do_not_count_up(edition_folder):
    edit(edition_folder / "covid.test.csv", 2, 1, "77")
    with pytest.raises(DataError, match=r"line 2, column 1 .* test ids count 0, 1, 2"):
        read_edition(edition_folder)


def test_refuses_the_training_file_in_the_test_files_place(edition_folder):
    shutil.copy(edition_folder / "covid.train.csv", edition_folder / "covid.test.csv")
    with pytest.raises(DataError, match="the target must not be in the test file"):
        read_edition(edition_folder)


def test_refuses_the_test_file_in_the_training_files_place(edition_folder):
    shutil.copy(edition_folder / "covid.test.csv", edition_folder / "covid.train.csv")
    with pytest.raises(DataError, match="ends with the target"):
        read_edition(edition_folder)


def test_says_what_to_do_where_a_folder_or_file_is_missing(tmp_path, edition_folder):
    with pytest.raises(DataError, match="hw1 fetch 2099 --from FOLDER"):
        read_edition(tmp_path / "2099")
    (edition_folder / "covid.test.csv").unlink()
    with pytest.raises(DataError, match=r"neither covid\.test\.csv nor covid_test\.csv"):
        read_edition(edition_folder)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (1, "5", "line 3, column `id`"),
        (2, "120", "line 3, column `tested_positive`"),
        (2, "x", "line 3, column `tested_positive`"),
        (3, "Secret", "line 3, column `usage`"),
    ],
)
def test_refuses_a_solution_that_does_not_fit(edition_folder, column, value, message):
    edit(edition_folder / "solution.csv", 3, column, value)
    with pytest.raises(DataError, match=message):
        read_edition(edition_folder)


def test_a_solutions_line_is_named_although_lines_above_are_empty(edition_folder):
    path = edition_folder / "solution.csv"
    path.write_text("\n" + path.read_text().replace("\n", "\n\n"))
    assert len(read_edition(edition_folder).solution) == SMALL.test_rows
    edit(path, 6, 2, "1_0")
    with pytest.raises(DataError, match=r"solution\.csv, line 6, column `tested_positive`"):
        read_edition(edition_folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"id,tested_positive\n", "line 1: columns must be id, tested_positive, usage"),
        (b"id,tested_positive,usage\n", "line 1: the file has 0 rows, the test file 18"),
        (b"id,tested_positive,usage\n0,1,Public\n", "line 2: the file has 1 rows, the test"),
        (b"id,tested_positive,usage\n7,0,1,Public\n", "line 2: 4 fields where the header has 3"),
        (b'id,tested_positive,usage\n0,"1,Public\n', "line 2: no field of a CSV file"),
        (b"id,tested_positive,usage\n0,1,\xff\n", "line 2: not UTF-8"),
        (b"\xff\xfei\x00", "line 1: not UTF-8"),
    ],
)
def test_names_the_line_where_a_solution_is_damaged(edition_folder, content, message):
    (edition_folder / "solution.csv").write_bytes(content)
    with pytest.raises(DataError, match=rf"solution\.csv\b.*{message}"):
        read_edition(edition_folder)


def test_rows_longer_than_the_solutions_header_are_refused(edition_folder):
    """pandas would take each row's first field for its name, and the others for its values."""
    path = edition_folder / "solution.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *(f"0,{row}" for row in rows)]))
    with pytest.raises(DataError, match=r"line 2: 4 fields where the header has 3"):
        read_edition(edition_folder)


def test_a_missing_solution_is_an_empty_table(edition_folder):
    (edition_folder / "solution.csv").unlink()
    solution = read_edition(edition_folder).solution
    assert list(solution.columns) == ["id", "tested_positive", "usage"]
    assert len(solution) == 0


def test_other_editions_test_file_is_refused(tmp_path, edition_folder):
    write_edition(tmp_path / "other", replace(SMALL, days=2))
    shutil.copy(tmp_path / "other" / "covid.test.csv", edition_folder / "covid.test.csv")
    with pytest.raises(DataError, match="test and training columns must agree"):
        read_edition(edition_folder)


def test_reads_the_real_editions(real_folder):
    edition = read_edition(real_folder)
    expected = {"2021": (3, 18, 40, 2700, 893), "2022": (5, 16, 37, 2699, 1078)}
    structure = edition.structure
    assert expected[real_folder.name] == (
        structure.days,
        len(structure.signals),
        len(structure.states),
        len(edition.train),
        len(edition.test),
    )
    assert np.isfinite(edition.train[structure.day_columns].to_numpy()).all()
