from dataclasses import replace

import pytest
from tracking_support import fabricate

from hw1.lineage.ledger import Ledger

FIRST = fabricate().record


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path)


def test_it_keeps_one_record_a_variant(ledger):
    other = fabricate(dropout=0.3).record
    for record in (FIRST, other, FIRST):
        assert ledger.add(record) == record
    assert ledger.labels() == sorted([FIRST.variant.label, other.variant.label])
    assert sorted(record.name for record in ledger.records()) == ["dropout=0.2", "dropout=0.3"]


def test_another_process_reads_what_was_kept(ledger, tmp_path):
    ledger.add(FIRST)
    assert Ledger(tmp_path).read(FIRST.variant.label) == FIRST
    assert Ledger(tmp_path).read("unknown") is None


def test_a_variant_stays_as_it_was_first_made(ledger):
    ledger.add(FIRST)
    later = replace(FIRST, created=FIRST.created + 1000, name="again", commit="b" * 40)
    assert ledger.add(later) == FIRST
    assert ledger.read(FIRST.variant.label) == FIRST


def test_the_experiment_that_holds_it_is_added(ledger):
    ledger.add(FIRST)
    kept = ledger.add(replace(FIRST, created=0, experiment="mine", baseline="b" * 40))
    assert kept == replace(FIRST, experiment="mine", baseline="b" * 40)
    assert ledger.add(FIRST) == kept
    assert ledger.add(replace(FIRST, experiment="later", baseline="c" * 40)) == kept


def test_the_same_inputs_with_other_results_are_another_record(ledger):
    ledger.add(FIRST)
    ledger.add(fabricate(mse=1.4).record)
    assert len(ledger.labels()) == 2


def test_a_damaged_record_is_made_anew(ledger, tmp_path):
    ledger.add(FIRST)
    (path,) = tmp_path.rglob("*.json")
    path.write_bytes(path.read_bytes()[:100] + b"\xff")
    assert ledger.read(FIRST.variant.label) is None
    assert list(ledger.records()) == []
    assert ledger.add(FIRST) == FIRST
    assert list(ledger.records()) == [FIRST]


def test_git_and_dvc_leave_it_alone(ledger, tmp_path):
    ledger.add(FIRST)
    (path,) = tmp_path.rglob("*.json")
    assert path.relative_to(tmp_path).parts[:2] == (".dvc", "tmp")
