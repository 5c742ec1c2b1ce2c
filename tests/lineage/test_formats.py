import json

import pytest
from tracking_support import fabricate

from hw1.core.errors import DataError
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.history import History
from hw1.lineage.lectures.ledger import LectureLedger
from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.ledger import Ledger
from hw1.lineage.record import Record, Timing
from hw1.tracking.lectures.sync import synchronise_lectures

pytestmark = pytest.mark.fault("older files")

VARIANT = fabricate(stages={"train": Timing(True, 12.5)}, changed=("params.yaml",))
LECTURE = LectureRecord(
    lecture="curves",
    parameters={"curves.rows": 7},
    params_texts={"lectures/params.yaml": "curves: {rows: 7}\n"},
    outs={},
    name="curves",
    created=1_700_000_000_000,
    changed=("params.yaml",),
)
RECORDS = [VARIANT.record, LECTURE]
NEWER = {"format": 2, "lock_text": {"a newer": "shape"}}


def changed(record, **values):
    """A record's text with other values; None takes a key away."""
    content = json.loads(record.to_json()) | values
    return json.dumps({key: value for key, value in content.items() if value is not None})


@pytest.mark.parametrize("record", RECORDS, ids=["variant", "lecture"])
def test_a_record_from_before_formats_had_numbers_is_read(record):
    assert type(record).from_json(changed(record, format=None)) == record


@pytest.mark.parametrize("record", RECORDS, ids=["variant", "lecture"])
def test_what_a_later_version_adds_is_not_looked_at(record):
    assert type(record).from_json(changed(record, device="cuda", mood={"of": "it"})) == record


def test_what_a_later_version_adds_to_a_timing_is_not_looked_at():
    stages = {"train": {"ran": True, "seconds": 12.5, "energy": 3.0}}
    assert Record.from_json(changed(VARIANT.record, stages=stages)) == VARIANT.record


@pytest.mark.parametrize("record", RECORDS, ids=["variant", "lecture"])
def test_what_an_earlier_version_did_not_know_has_a_default(record):
    """Whatever is not needed to publish it: a field that is added is not to lose old records."""
    needed = {
        Record: {"lock_text", "params_text", "texts", "name", "created"},
        LectureRecord: {"lecture", "parameters", "params_texts", "outs", "name", "created"},
    }[type(record)]
    content = {key: value for key, value in json.loads(record.to_json()).items() if key in needed}
    read = type(record).from_json(json.dumps(content))
    assert read.name == record.name
    assert read.changed == ()
    for key in needed:
        lacking = json.dumps({name: value for name, value in content.items() if name != key})
        with pytest.raises(DataError, match=key):
            type(record).from_json(lacking)


@pytest.mark.parametrize("record", RECORDS, ids=["variant", "lecture"])
@pytest.mark.parametrize("number", [2, 99])
def test_a_newer_format_is_told_from_damage(record, number):
    with pytest.raises(NewerFormatError, match=rf"newer version.*format {number}"):
        type(record).from_json(json.dumps(NEWER | {"format": number}))
    with pytest.raises(DataError, match="not"):
        type(record).from_json(changed(record, format="two"))


def test_a_variant_of_a_newer_version_is_left_alone_and_told_of(project):
    made = project.record(VARIANT)
    path = project.root / f".dvc/tmp/hw1/variants/{made.record.variant.label}.json"
    path.write_text(json.dumps(NEWER))
    ledger = Ledger(project.root)
    assert ledger.add(made.record) == made.record
    assert list(ledger.records()) == []
    (traces,) = History(project.root).traces().values()
    with pytest.raises(DataError, match=rf"{path.name}.*newer version of the project"):
        History(project.root).record(traces)
    assert json.loads(path.read_text()) == NEWER


def test_a_variant_of_a_newer_version_that_git_holds_is_taken_from_there(project):
    made = project.record(VARIANT)
    commit = project.commit(made, "a variant")
    path = project.root / f".dvc/tmp/hw1/variants/{made.record.variant.label}.json"
    path.write_text(json.dumps(NEWER))
    (traces,) = History(project.root).traces().values()
    record = History(project.root).record(traces)
    assert (record.lock_text, record.commit) == (made.record.lock_text, commit)


def test_results_of_lectures_of_a_newer_version_are_left_alone(project):
    ledger = LectureLedger(project.root)
    ledger.add(LECTURE, lambda _: b"")
    path = project.root / f".dvc/tmp/hw1/lectures/records/{LECTURE.label}.json"
    path.write_text(json.dumps(NEWER))
    assert ledger.add(LECTURE, lambda _: b"") == LECTURE
    report = synchronise_lectures(project.root, everything=True)
    assert len(report.skipped) == 1
    assert "newer version of the project" in report.skipped[0]
    assert json.loads(path.read_text()) == NEWER
