import json
from dataclasses import replace

import pytest
from failure_support import failed
from tracking_support import fabricate

from hw1.core.errors import DataError
from hw1.lineage.failure import Failure, FailureLedger, stages_until
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.lock import parse_lock
from hw1.lineage.variant import code_of, data_of, key_of

pytestmark = pytest.mark.fault("divergence")

VARIANT = fabricate(commit="a" * 40, changed=("params.yaml",), experiment="mine")
FAILURE = failed(VARIANT)


@pytest.fixture
def ledger(tmp_path):
    return FailureLedger(tmp_path)


@pytest.mark.parametrize("stage", ["train", "evaluate", "submit"])
def test_its_key_is_that_of_what_the_variant_is_made_from(stage):
    failure = failed(VARIANT, stage=stage)
    assert failure.key == key_of(parse_lock(VARIANT.record.lock_text), stages_until(stage))
    assert data_of(failure.lock) == VARIANT.record.variant.data
    assert failure.edition == "sample"
    assert failure.parameters["train.dropout"] == 0.2


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"parameters": {"train.model": "mlp"}}, False),
        ({"code": "other"}, False),
        ({"edition": "2022"}, False),
        ({"parameters": {"evaluate.seed": 1}}, True),  # what would have come later is no matter
        ({"name": "other", "created": 5, "commit": "b" * 40}, True),
    ],
)
def test_only_what_went_in_makes_another_failure(change, same):
    other = failed(fabricate(**change))
    assert (other.key == FAILURE.key) == same
    assert (code_of(other.lock) == code_of(FAILURE.lock)) == ("code" not in change)


def test_it_can_be_written_and_read(ledger, tmp_path):
    assert Failure.from_json(FAILURE.to_json()) == FAILURE
    assert ledger.add(FAILURE) == FAILURE
    assert FailureLedger(tmp_path).read(FAILURE.key) == FAILURE
    (path,) = tmp_path.rglob("*.json")
    assert path.relative_to(tmp_path).parts[:4] == (".dvc", "tmp", "hw1", "failed")


def test_the_same_failure_stays_as_it_first_happened(ledger):
    ledger.add(FAILURE)
    again = replace(FAILURE.record, created=9, name="again", experiment=None)
    later = replace(FAILURE, record=again)
    assert ledger.add(later) == FAILURE
    assert list(ledger.records()) == [FAILURE]
    ledger.add(failed(fabricate(code="other")))
    assert len(ledger.labels()) == 2


def test_it_can_be_found_by_the_experiment_that_it_failed_in_last(ledger):
    ledger.add(FAILURE)
    named = {"name": "retry", "experiment": "retry", "baseline": "c" * 40}
    later = replace(FAILURE, record=replace(FAILURE.record, created=9, commit=None, **named))
    kept = replace(FAILURE, record=replace(FAILURE.record, **named))
    assert ledger.add(later) == kept
    assert list(ledger.records()) == [kept]


@pytest.mark.fault("older files")
@pytest.mark.parametrize("place", ["failure", "its record"])
def test_one_of_a_newer_version_stays_as_it_is(ledger, tmp_path, place):
    ledger.add(FAILURE)
    (path,) = tmp_path.rglob("*.json")
    content = json.loads(path.read_text())
    (content if place == "failure" else content["record"])["format"] = 2
    path.write_text(json.dumps(content))
    before = path.read_bytes()
    assert ledger.add(FAILURE) == FAILURE
    with pytest.raises(NewerFormatError, match=f"{path.name}: a newer version of the project"):
        ledger.read(FAILURE.key)
    assert list(ledger.records()) == []
    assert path.read_bytes() == before


@pytest.mark.fault("older files")
def test_fields_of_another_version_are_no_matter():
    content = json.loads(FAILURE.to_json())
    del content["format"]
    assert Failure.from_json(json.dumps(content | {"new": 1})) == FAILURE


def test_what_is_forgotten_is_gone(ledger):
    ledger.add(FAILURE)
    for _ in range(2):
        ledger.forget(FAILURE.key)
    assert ledger.labels() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"record": {}}', '{"stage": "train"}'])
def test_a_damaged_file_is_passed_over_and_made_anew(ledger, tmp_path, text):
    ledger.add(FAILURE)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(text)
    with pytest.raises(DataError, match=r"not a .*'s record"):
        Failure.from_json(text)
    assert list(ledger.records()) == []
    assert ledger.add(FAILURE) == FAILURE
    assert list(ledger.records()) == [FAILURE]
