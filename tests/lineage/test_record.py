from dataclasses import replace

import pytest
from tracking_support import fabricate

from hw1.core.errors import DataError
from hw1.core.layout import EVALUATE_METRICS, SUBMIT_METRICS
from hw1.lineage.record import Record, Timing

RECORD = fabricate(
    name="größer",
    commit="a" * 40,
    changed=("params.yaml", "stages/train.py"),
    experiment="mine",
    baseline="a" * 40,
    stages={"train": Timing(True, 12.5), "submit": Timing(False, None)},
).record


def test_nothing_is_lost_on_the_way_to_a_file_and_back():
    again = Record.from_json(RECORD.to_json())
    assert again == RECORD
    assert again.variant == RECORD.variant


def test_metrics_are_read():
    assert RECORD.metrics(EVALUATE_METRICS)["valid"]["mse"] == 1.5


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", RECORD.to_json()[:-20], RECORD.to_json().replace("created", "made")],
)
def test_another_programs_file_is_refused(text):
    with pytest.raises(DataError, match="not a variant's record"):
        Record.from_json(text)


def test_metrics_that_are_missing_or_damaged_are_named():
    damaged = replace(RECORD, texts={str(EVALUATE_METRICS): "{"})
    with pytest.raises(DataError, match=r"metrics/evaluate\.json"):
        damaged.metrics(EVALUATE_METRICS)
    with pytest.raises(DataError, match=r"metrics/submit\.json"):
        damaged.metrics(SUBMIT_METRICS)
