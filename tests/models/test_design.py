import numpy as np
import pytest
from train_support import design_table

from hw1.core.errors import DataError
from hw1.core.files import write_parquet
from hw1.models.design import read_designs, to_design


def test_rows_are_split_by_role():
    table = design_table()

    design = to_design("0", table)

    assert len(design.train.x) == 80
    assert design.validation is not None
    held_out = table[table["role"] == "validation"]
    assert np.array_equal(design.validation.x, held_out.iloc[:, 7:].to_numpy())
    assert np.array_equal(design.validation.target, held_out["target"])


def test_errors_are_weighted_sums_over_rows():
    table = design_table(rows=6)
    table.loc[table["role"] == "validation", "weight"] = [1.0, 3.0]
    part = to_design("0", table).validation
    assert part is not None

    errors = part.errors(part.target + np.array([[2.0, 0.0], [0.0, 4.0]]))

    assert errors == pytest.approx([4.0 / 4.0, 48.0 / 4.0])


def test_folds_come_in_order_and_final_last(tmp_path):
    for name in ("final", "10", "2", "0"):
        write_parquet(tmp_path / f"{name}.parquet", design_table(validation=name != "final"))

    designs = read_designs(tmp_path)

    assert list(designs) == ["0", "2", "10", "final"]
    assert designs["final"].validation is None


def test_a_stored_design_is_the_one_that_was_written(tmp_path):
    table = design_table().assign(**{"next:cli_day6": [np.nan, *range(len(design_table()) - 1)]})
    write_parquet(tmp_path / "0.parquet", table)

    stored, built = read_designs(tmp_path)["0"], to_design("0", table)

    assert stored.validation is not None
    assert built.validation is not None
    assert stored.train.equals(built.train)
    assert stored.validation.equals(built.validation)


def test_a_damaged_table_is_refused(tmp_path):
    (tmp_path / "0.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="damaged"):
        read_designs(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="no design tables"):
        read_designs(tmp_path)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda it: it.drop(columns="known"), "known"),
        (
            lambda it: it[["id", "role", "weight", "origin", "state", "target", "known"]],
            "no features",
        ),
        (lambda it: it.assign(ili_day5=np.nan), "ili_day5"),
        (lambda it: it.assign(target=np.inf), "target"),
        (lambda it: it.assign(role="validation"), "training rows"),
        (lambda it: it.assign(weight=0.0), "weight"),
    ],
)
def test_what_is_no_design_is_refused(spoil, message):
    with pytest.raises(DataError, match=message):
        to_design("0", spoil(design_table()))
