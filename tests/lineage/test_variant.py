import io
import json

import pytest
from ruamel.yaml import YAML
from tracking_support import edit_lock, fabricate

from hw1.lineage.lock import parse_lock
from hw1.lineage.variant import identify

BASE = fabricate()


def of(lock_text):
    return identify(parse_lock(lock_text))


def test_it_tells_what_went_in_and_what_came_out():
    variant = BASE.record.variant
    assert variant.parameters["train.optimizer.name"] == "adamw"
    assert variant.parameters["train.dropout"] == 0.2
    assert variant.parameters["features.k"] is None
    assert list(variant.parameters) == sorted(variant.parameters)
    assert variant.edition == "sample"
    assert variant.data == "aa" * 16 + ".dir"
    assert variant.model.endswith(".dir")
    assert variant.label == f"{variant.key[:16]}-{variant.result[:16]}"


@pytest.mark.parametrize(
    "change", [{"dropout": 0.3}, {"code": "a remark"}, {"edition": "2022"}], ids=str
)
def test_what_goes_in_makes_another_variant(change):
    assert fabricate(**change).record.variant.key != BASE.record.variant.key


@pytest.mark.parametrize("change", [{"dropout": 0.3}, {"code": "a remark"}], ids=str)
def test_the_same_results_have_the_same_digest(change):
    assert fabricate(**change).record.variant.result == BASE.record.variant.result


def test_other_results_are_told_apart():
    other = fabricate(mse=1.4).record.variant
    assert (other.key == BASE.record.variant.key, other.result == BASE.record.variant.result) == (
        True,
        False,
    )


def test_a_command_makes_another_variant():
    content = json.loads(BASE.record.lock_text)
    content["stages"]["train"]["cmd"] += " --twice"
    assert of(json.dumps(content)).key != BASE.record.variant.key


def test_raw_data_makes_another_variant():
    text = edit_lock(BASE.record.lock_text, "ingest", "deps", "data/raw/sample", "bb" * 16)
    other = of(text)
    assert other.key != BASE.record.variant.key
    assert other.data == "bb" * 16
    assert other.code == BASE.record.variant.code


def test_code_and_data_have_digests_of_their_own():
    other = fabricate(code="a remark").record.variant
    assert other.code != BASE.record.variant.code
    assert other.data == BASE.record.variant.data


def test_neither_order_nor_comments_nor_the_check_matter():
    content = json.loads(BASE.record.lock_text)
    check = {"cmd": "python -m stages.check", "deps": [{"path": "stages/check.py", "md5": "12"}]}
    stages = {"check": check, **dict(reversed(content["stages"].items()))}
    for stage in stages.values():
        stage["deps"].reverse()
    stream = io.StringIO()
    YAML().dump({"stages": stages, "schema": "2.0"}, stream)
    assert of("# a remark\n" + stream.getvalue()) == BASE.record.variant


def test_a_parameters_type_matters_as_little_as_its_spelling():
    """`1e-3` and `0.001` are one number; `"1"` and `1` are not one value."""
    text = BASE.record.lock_text
    assert '"dropout": 0.2' in text
    assert of(text.replace('"dropout": 0.2', '"dropout": 2e-1')) == BASE.record.variant
    assert of(text.replace('"dropout": 0.2', '"dropout": "0.2"')).key != BASE.record.variant.key
