"""The tags of a lecture's run."""

from __future__ import annotations

from collections.abc import Mapping

from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.lectures.restoring import restore_command
from hw1.lineage.restoring import listed
from hw1.lineage.variant import label_of
from hw1.tracking.sweep_runs import KIND_TAG
from hw1.tracking.tags import (
    COMMITTED_TAG,
    EXPERIMENT_TAG,
    PUBLISHER_TAG,
    RESTORE_TAG,
    RESULT_TAG,
    publisher,
)

LECTURE = "lecture"
LECTURE_TAG = "lecture"
EDITION_TAG = "edition"
KEY_TAG = "hw1.lecture"
LOCKED_TAG = "hw1.locked"  # DVC's lock file is among the artifacts


def lecture_tags(record: LectureRecord) -> dict[str, str]:
    """The tags of a result's run, but for its note."""
    tags = {
        KIND_TAG: LECTURE,
        LECTURE_TAG: record.lecture,
        KEY_TAG: record.key,
        RESULT_TAG: record.result,
        PUBLISHER_TAG: publisher(),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": "dvc exp run" if record.experiment else "dvc repro",
        "git.changed": listed(record.changed) or "nothing",
    }
    if record.edition is not None:
        tags[EDITION_TAG] = record.edition
    if record.commit:
        tags["mlflow.source.git.commit"] = record.commit
    return tags | later_tags(record)


def later_tags(record: LectureRecord) -> dict[str, str]:
    """The tags that can change later: where git and DVC hold the result."""
    tags = {RESTORE_TAG: restore_command(record)}
    if record.experiment:
        tags[EXPERIMENT_TAG] = record.experiment
        tags[f"{EXPERIMENT_TAG}.baseline"] = str(record.baseline)
    if record.committed:
        tags[COMMITTED_TAG] = record.committed
    if record.lock_text is not None:
        tags[LOCKED_TAG] = "true"
    return tags


def are_current(tags: Mapping[str, str], record: LectureRecord) -> bool:
    """Whether a run's tags tell all that a record knows."""
    return all(tags.get(name) == value for name, value in later_tags(record).items())


def lecture_label(tags: Mapping[str, str]) -> str:
    """The label of the result that a run with these tags shows."""
    return label_of(tags.get(KEY_TAG, ""), tags.get(RESULT_TAG, ""))
