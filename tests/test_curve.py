from contextlib import closing

import pytest

from hw1.curve import CurveWriter
from hw1.engine.epoch import Epoch


def epoch(number, last=False, validation_mse=2.0):
    return Epoch(number, 9 * number, 1e-05, validation_mse, lambda: 1.23456789, last)


def lines(path):
    return path.read_text().splitlines()


def test_lines_appear_while_training_runs(tmp_path):
    path = tmp_path / "deeper" / "curve.csv"
    with closing(CurveWriter(path, 3)) as curve:
        assert lines(path) == ["fold,epoch,step,train_mse,valid_mse,learning_rate"]
        curve.add("0", epoch(1))
        assert lines(path)[1:] == ["0,1,9,1.23457,2,1e-05"]
        curve.add("0", epoch(2))
        assert len(lines(path)) == 3


def test_final_fit_has_no_validation_error(tmp_path):
    with closing(CurveWriter(tmp_path / "curve.csv", 3)) as curve:
        curve.add("final", epoch(1, validation_mse=None))

    assert lines(tmp_path / "curve.csv")[1] == "final,1,9,1.23457,,1e-05"


@pytest.mark.parametrize(("planned", "end"), [(3000, 3000), (3000, 1234), (301, 301), (15, 15)])
def test_long_training_is_thinned_but_keeps_its_ends(tmp_path, planned, end):
    with closing(CurveWriter(tmp_path / "curve.csv", planned)) as curve:
        for number in range(1, end + 1):
            curve.add("0", epoch(number, last=number == end))

    numbers = [int(line.split(",")[1]) for line in lines(tmp_path / "curve.csv")[1:]]
    assert numbers[0] == 1
    assert numbers[-1] == end
    assert len(numbers) <= 302
    assert len(numbers) == len(set(numbers))


def test_errors_of_skipped_epochs_are_not_computed(tmp_path):
    def refuse():
        raise AssertionError

    with closing(CurveWriter(tmp_path / "curve.csv", 3000)) as curve:
        curve.add("0", Epoch(2, 18, 1e-05, 2.0, refuse, last=False))


def test_an_earlier_curve_is_replaced(tmp_path):
    for _ in range(2):
        with closing(CurveWriter(tmp_path / "curve.csv", 3)) as curve:
            curve.add("0", epoch(1))

    assert len(lines(tmp_path / "curve.csv")) == 2
