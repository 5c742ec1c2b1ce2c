"""What the three tasks learn, and how models that learn it are kept."""

import numpy as np
import pytest

from hw1.core.errors import DataError
from hw1.fitted import storage
from hw1.fitted.linear import LinearFitted
from hw1.target import Rise, TargetScale, WholeDay, target_from_dict

KNOWN = np.array([10.0, 10.0, 10.0, 10.0])
TRUE = np.array([9.0, 10.5, 10.6, 20.0])
DAY = WholeDay(TargetScale("change", "arcsine_sqrt"), ("cli", "tested_positive"))


def test_a_rise_is_more_than_so_many_points():
    assert Rise(0.5).encode(TRUE, KNOWN).tolist() == [0, 0, 1, 1]
    assert Rise(-2.0).truth(TRUE, KNOWN).tolist() == [1, 1, 1, 1]


def test_logits_become_probabilities_however_large():
    with np.errstate(all="raise"):
        found = Rise(0.0).decode(np.array([[-1e6, 0.0, np.log(3.0), 1e6]]), KNOWN)
    assert found == pytest.approx(np.array([[0.0, 0.5, 0.75, 1.0]]))


def test_a_whole_day_is_encoded_signal_by_signal_and_judged_by_positivity():
    known = np.column_stack([KNOWN / 2, KNOWN])
    true = np.column_stack([TRUE / 2, TRUE])
    encoded = DAY.encode(true, known)
    assert encoded.shape == (4, 2)
    assert DAY.decode_day(encoded[None], known)[0] == pytest.approx(true)
    assert DAY.decode(encoded[None], KNOWN)[0] == pytest.approx(TRUE)
    assert np.array_equal(DAY.truth(TRUE, KNOWN), TRUE)


@pytest.mark.parametrize("target", [TargetScale("level", "none"), Rise(0.25), DAY])
def test_a_target_is_read_back_as_it_was_written(target):
    assert target_from_dict(target.to_dict()) == target


@pytest.mark.fault("older files")
def test_models_written_before_there_were_tasks_are_regressions():
    found = target_from_dict({"kind": "change", "transform": "none"})
    assert found == TargetScale("change", "none")


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"task": "classification"},
        {"task": "classification", "points": "many"},
        {"task": "regression", "kind": "sideways", "transform": "none"},
        {"task": "structured", "kind": "change", "transform": "none"},
        {"task": "clustering", "kind": "change", "transform": "none"},
    ],
)
def test_what_is_no_target_is_refused(content):
    with pytest.raises(DataError):
        target_from_dict(content)


def test_a_model_with_another_number_of_outputs_than_signals_is_refused(tmp_path):
    storage.save(tmp_path, {"0": LinearFitted(np.zeros((1, 3)), np.zeros(1))}, DAY)
    with pytest.raises(DataError, match="fold 0 has 1 outputs, not 2"):
        storage.load(tmp_path)
