"""One edition's files, checked and turned into tidy tables."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from hw1.core.errors import DataError
from hw1.core.survey import LEADERBOARD_PARTS, TARGET, Structure
from hw1.ingest.header import check_test_header, read_structure
from hw1.ingest.strict_csv import NumberTable, read_numbers, read_records
from hw1.numerals import NUMBER

TRAIN_NAMES = ("covid.train.csv", "covid_train.csv")
TEST_NAMES = ("covid.test.csv", "covid_test.csv")
SOLUTION_NAME = "solution.csv"
LARGEST_ID = 2**53 - 1


@dataclass(frozen=True)
class Edition:
    """The tables of one edition of the homework.

    Attributes:
        structure: states, signals and days, from the training file's header.
        train: columns `id`, `state`, then `structure.day_columns` (percent), in file order.
        test: columns `id`, `state`, then `structure.visible_columns` (percent), in file order.
        solution: columns `id`, `tested_positive` (percent), `usage` (public or private); no rows
            where the truth is not known.
    """

    structure: Structure
    train: pd.DataFrame
    test: pd.DataFrame
    solution: pd.DataFrame


def read_edition(folder: Path) -> Edition:
    """Read and check an edition's training and test file, and its solution where there is one.

    Raises:
        DataError: a file is missing or does not fit; the message names file, line and column.
    """
    train_file = read_numbers(find_file(folder, TRAIN_NAMES))
    structure = read_structure(train_file.header, train_file.path)
    test_file = read_numbers(find_file(folder, TEST_NAMES))
    check_test_header(test_file.header, structure, test_file.path)
    train = _tidy(train_file, structure, structure.day_columns)
    test = _tidy(test_file, structure, structure.visible_columns)
    _check_test_ids(test_file)
    return Edition(structure, train, test, read_solution(folder / SOLUTION_NAME, test))


def find_file(folder: Path, names: tuple[str, ...]) -> Path:
    """The first of `names` that stands in `folder`.

    Raises:
        DataError: none does, or the folder is missing.
    """
    for name in names:
        if (folder / name).is_file():
            return folder / name
    if not folder.is_dir():
        raise DataError(f"{folder} is missing; `hw1 fetch {folder.name} --from FOLDER` fills it")
    raise DataError(f"{folder} holds neither {' nor '.join(names)}")


def read_solution(path: Path, test: pd.DataFrame) -> pd.DataFrame:
    """Read the true targets of the test rows, where they are known.

    Args:
        path: a CSV file with the columns id, tested_positive and Usage; it may be absent.
        test: the test table that it belongs to.

    Raises:
        DataError: its columns, ids, usages or values do not fit the test file.
    """
    if not path.exists():
        kinds = {"id": "int64", TARGET: "float64", "usage": "str"}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    (above, header), records = read_records(path)
    if [name.lower() for name in header] != ["id", TARGET, "usage"]:
        raise DataError(f"{path}, line {above}: columns must be id, {TARGET}, usage")
    ids = test["id"].tolist()
    for (line, fields), number in zip(records, ids, strict=False):
        _check_solution(f"{path}, line {line}", fields, number)
    if len(records) != len(ids):
        lines = [above, *(line for line, _ in records)]
        line = lines[min(len(ids) + 1, len(records))]
        raise DataError(
            f"{path}, line {line}: the file has {len(records)} rows, the test file {len(ids)}"
        )
    truth = np.array([float(fields[1]) for _, fields in records])
    usage = pd.Series([fields[2].lower() for _, fields in records], dtype="str")
    return pd.DataFrame({"id": test["id"].to_numpy(), TARGET: truth, "usage": usage})


def _check_solution(where: str, fields: list[str], number: int) -> None:
    if len(fields) != 3:
        raise DataError(f"{where}: {len(fields)} fields where the header has 3")
    found, truth, usage = fields
    rules = {
        ("id", "the test file's ids, in its order"): _number(found) == number,
        (TARGET, "percentages in 0..100"): 0 <= _number(truth) <= 100,
        ("usage", "Public or Private"): usage.lower() in LEADERBOARD_PARTS,
    }
    for (column, rule), kept in rules.items():
        if not kept:
            raise DataError(f"{where}, column `{column}` must hold {rule}")


def _number(text: str) -> float:
    return float(text) if NUMBER.fullmatch(text) else math.nan


def _tidy(file: NumberTable, structure: Structure, day_columns: list[str]) -> pd.DataFrame:
    states = len(structure.states)
    ids = _ids(file)
    one_hot = file.values[:, 1 : 1 + states]
    percent = file.values[:, 1 + states :]
    _refuse(file, 1, (one_hot != 0) & (one_hot != 1), "a one-hot state column holds only 0 and 1")
    counts = one_hot.sum(axis=1)
    _refuse(file, 1, (counts != 1)[:, None], "every row belongs to exactly one state")
    _refuse(file, 1 + states, (percent < 0) | (percent > 100), "percentages lie in 0..100")
    names = np.array(structure.states)[one_hot.argmax(axis=1)]
    days = pd.DataFrame(percent, columns=day_columns)
    return pd.concat([pd.DataFrame({"id": ids, "state": names}), days], axis=1)


def _ids(file: NumberTable) -> np.ndarray:
    ids = file.values[:, 0]
    _refuse(file, 0, ((ids != np.floor(ids)) | (ids < 0))[:, None], "an id is a whole number")
    # beyond it, neighbours are one and the same number
    _refuse(file, 0, (ids > LARGEST_ID)[:, None], f"an id is at most {LARGEST_ID}")
    repeated = pd.Series(ids).duplicated().to_numpy()
    _refuse(file, 0, repeated[:, None], "ids must be unique")
    return ids.astype(np.int64)


def _check_test_ids(file: NumberTable) -> None:
    ids = file.values[:, 0]
    wrong = ids != np.arange(len(ids))
    _refuse(file, 0, wrong[:, None], "test ids count 0, 1, 2, ... as the submission's do")


def _refuse(file: NumberTable, first_column: int, wrong: np.ndarray, rule: str) -> None:
    if not wrong.any():
        return
    row, column = np.argwhere(wrong)[0]
    place = file.place(int(row), first_column + int(column))
    value = file.values[row, first_column + column]
    raise DataError(f"{place} holds {value:g}: {rule}")
