from pathlib import Path

import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.submission import check_submission, clip, require_ordered_ids, write_submission

IDS = [0, 1, 2, 3]
GOOD = ["id,tested_positive", "0,1.5", "1,20", "2,0.0", "3,1e2"]


def written(folder: Path, lines: list[str]) -> Path:
    path = folder / "submission.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def with_line(number: int, text: str) -> list[str]:
    return [*GOOD[: number - 1], text, *GOOD[number:]]


def test_what_is_written_passes_and_reads_back(tmp_path):
    path = tmp_path / "folder" / "submission.csv"
    predicted = np.array([0.0, 12.3456789, 100.0, 1e-9])
    write_submission(path, IDS, predicted)
    assert path.read_bytes() == (
        b"id,tested_positive\n0,0.000000\n1,12.345679\n2,100.000000\n3,0.000000\n"
    )
    assert check_submission(path, IDS) == pytest.approx(predicted, abs=1e-6)
    assert [entry.name for entry in path.parent.iterdir()] == ["submission.csv"]


def test_negative_zero_is_written_as_zero(tmp_path):
    path = tmp_path / "submission.csv"
    write_submission(path, [0], [-0.0])
    assert path.read_text() == "id,tested_positive\n0,0.000000\n"


def test_a_good_file_passes(tmp_path):
    assert check_submission(written(tmp_path, GOOD), IDS).tolist() == [1.5, 20.0, 0.0, 100.0]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid,tested_positive\n0,1\n1,2\n2,3\n3,4\n",
        b"id,tested_positive\r\n0,1\r\n1,2\r\n2,3\r\n3,4\r\n",
        b'"id","tested_positive"\n"0","1"\n1,2\n2,3\n3,4\n',
        b"id,tested_positive\n0,1\n1,2\n2,3\n3,4",
        b"id,tested_positive\n0,1\n1,2\n2,3\n3,4\n\n\n",
    ],
    ids=["byte-order mark", "crlf", "quotes", "no final newline", "empty last lines"],
)
def test_harmless_differences_pass(tmp_path, content):
    path = tmp_path / "submission.csv"
    path.write_bytes(content)
    assert check_submission(path, IDS).tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (with_line(1, "id,positive"), r"line 1 must be id,tested_positive, found id,positive"),
        (with_line(1, "id, tested_positive"), "line 1 must be"),
        (GOOD[1:], "line 1 must be id,tested_positive, found 0,1.5"),
        (with_line(3, "1"), "line 3 has 1 columns instead of 2"),
        (with_line(3, "1,2,3"), "line 3 has 3 columns instead of 2"),
        (with_line(3, ""), "line 3 has 0 columns"),
        (with_line(3, "1.0,2"), "line 3, column id: `1.0` is not a whole number"),
        (with_line(3, "one,2"), "line 3, column id: `one`"),
        (with_line(3, "-1,2"), "line 3, column id: `-1`"),
        (with_line(4, "1,2"), "line 4, column id: id 1 is there twice, first in line 3"),
        (with_line(4, "7,2"), "line 4, column id: id 7 is not in the test set"),
        ([*GOOD[:3], "3,1"], "line 4, column id: id 2 is missing, found 3"),
        ([*GOOD[:2], "2,1", "1,1", "3,1"], "line 3, column id: id 2 stands where 1 belongs"),
        (GOOD[:4], "column id: id 3 is missing; the file ends after 3 of 4 rows"),
        (GOOD[:1], "id 0 is missing; the file ends after 0 of 4 rows"),
        ([*GOOD, "4,1"], "line 6, column id: id 4 is not in the test set"),
        (with_line(3, "1,"), "line 3, column tested_positive: the prediction is missing"),
        (with_line(3, "1,high"), "line 3, column tested_positive: `high` is not a number"),
        (with_line(3, "1,1_0"), "line 3, column tested_positive: `1_0` is not a number"),
        (with_line(3, '1,"1,5"'), "line 3, column tested_positive: `1,5` is not a number"),
        (with_line(3, "1,nan"), "line 3, column tested_positive: nan is not a finite number"),
        (with_line(3, "1,-inf"), "line 3, column tested_positive: -inf is not a finite number"),
        (with_line(3, "1,100.1"), "line 3, column tested_positive: 100.1 is outside 0 to 100"),
        (with_line(3, "1,-0.1"), "line 3, column tested_positive: -0.1 is outside 0 to 100"),
        (with_line(3, "1,1e999"), "line 3, column tested_positive: 1e999 is outside"),
        (with_line(3, '1,"2'), "line 3 cannot be read as CSV"),
    ],
)
def test_each_fault_is_named_by_line_and_column(tmp_path, lines, message):
    with pytest.raises(DataError, match=message) as caught:
        check_submission(written(tmp_path, lines), IDS)
    assert "submission.csv" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00"])
def test_empty_and_binary_files_are_refused(tmp_path, content):
    path = tmp_path / "submission.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"empty|cannot be read"):
        check_submission(path, IDS)


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="is missing"):
        check_submission(tmp_path / "nothing.csv", IDS)
    with pytest.raises(DataError, match="cannot be read"):
        check_submission(tmp_path, IDS)


def test_clipping_counts_what_it_moves():
    inside, clipped = clip([-3.0, 0.0, 50.0, 100.0, 101.0], 0.0, 100.0)
    assert inside.tolist() == [0.0, 0.0, 50.0, 100.0, 100.0]
    assert clipped == 2


@pytest.mark.parametrize("ids", [[1, 2, 3], [0, 2, 1], [0, 1, 1]])
def test_test_ids_that_are_not_in_order_are_refused(ids):
    wrong = next(row for row, found in enumerate(ids) if row != found)
    with pytest.raises(DataError, match=f"test.parquet: row {wrong} has id {ids[wrong]}"):
        require_ordered_ids(ids, "test.parquet")


def test_ordered_ids_pass():
    require_ordered_ids([0, 1, 2], "test.parquet")
