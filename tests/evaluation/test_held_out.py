import numpy as np
import pandas as pd
import pytest

from hw1.core.errors import DataError
from hw1.core.files import read_csv, write_csv
from hw1.evaluation.held_out import SUM_COLUMNS, held_out_sums, held_out_table

WRONG = pd.DataFrame(
    {"state": ["AL"], "weight": 1.0, "target": 1.0, "predicted": 9.0, "known": 5.0}
)


def test_later_days_are_summed_by_state_and_read_back(validation, tmp_path):
    table = held_out_table({"random": WRONG, "forward": validation.scored}, "none")
    assert table["state"].tolist() == ["AL", "NY", "WA"]
    assert table["rows"].tolist() == [2, 1, 1]
    assert table["weight"].tolist() == [1.5, 1.0, 3.0]
    assert table["squared"].tolist() == [2.0, 0.0, 0.0]
    assert table["persistence"].tolist() == [3.0, 9.0, 3.0]
    write_csv(tmp_path / "sums.csv", table, 6)
    sums = held_out_sums(read_csv(tmp_path / "sums.csv"))
    assert sums.persistence.tolist() == [3.0, 9.0, 3.0]
    assert sums.pooled().errors()["mse"][0] == pytest.approx(2 / 5.5)


def test_linked_windows_are_judged_by_blocks(validation):
    by_method = {"forward": WRONG, "blocks": validation.scored}
    table = held_out_table(by_method, "both")
    assert table["squared"].tolist() == [2.0, 0.0, 0.0]
    assert held_out_table({"forward": validation.scored}, "past").empty


def test_a_state_called_na_is_no_missing_value(validation, tmp_path):
    table = held_out_table({"rolling": validation.scored.assign(state="NA")}, "none")
    write_csv(tmp_path / "sums.csv", table)
    assert read_csv(tmp_path / "sums.csv")["state"].tolist() == ["NA"]


@pytest.mark.parametrize("method", ["blocks", "state", "random"])
def test_other_splits_leave_a_table_without_rows(validation, method, tmp_path):
    table = held_out_table({method: validation.scored}, "none")
    write_csv(tmp_path / "sums.csv", table)
    assert (tmp_path / "sums.csv").read_text() == ",".join(["state", *SUM_COLUMNS]) + "\n"
    sums = held_out_sums(read_csv(tmp_path / "sums.csv"))
    assert sums.rows.dtype == np.float64
    assert len(sums.rows) == 0


def test_a_missing_or_damaged_table_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="dvc repro"):
        read_csv(tmp_path / "sums.csv")
    (tmp_path / "sums.csv").write_text("")
    with pytest.raises(DataError, match="damaged"):
        read_csv(tmp_path / "sums.csv")
