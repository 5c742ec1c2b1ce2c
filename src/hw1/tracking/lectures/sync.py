"""Bring MLflow up to date with the lectures' results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.errors import DataError
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.lectures.ledger import LectureLedger
from hw1.lineage.lectures.observe import keep_finished
from hw1.lineage.lectures.record import LectureRecord
from hw1.tracking.experiments import finished_runs
from hw1.tracking.lectures.publish import complete_lecture, publish_lecture
from hw1.tracking.lectures.tags import are_current, lecture_label
from hw1.tracking.lectures.view import EXPERIMENT
from hw1.tracking.store import TrackerRefusalError, tracking_client

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


@dataclass
class LectureSync:
    """What a synchronisation did, by names of results.

    Attributes:
        published: results that had no run.
        completed: runs that did not know yet where git and DVC hold their result.
        skipped: results that cannot be published, each with the reason.
    """

    published: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def synchronise_lectures(root: Path, *, everything: bool) -> LectureSync:
    """Publish the results that stand in the workspace or in the ledger and have no run.

    Args:
        root: the project's root, which is the current folder.
        everything: also those whose runs a person has deleted.

    Raises:
        TrackerError: MLflow's store does not answer.
    """
    keep_finished(root)
    ledger, report = LectureLedger(root), LectureSync()
    records = list(_records(ledger, report))
    if not records:
        return report
    with tracking_client() as client:
        runs = _runs(client)
        for record in records:
            run = runs.get(record.label)
            deleted = run is not None and run.info.lifecycle_stage == "deleted"
            try:
                if run is None or (deleted and everything):
                    publish_lecture(client, record, ledger.files(record))
                    report.published.append(record.name)
                elif not deleted and not are_current(run.data.tags, record):
                    complete_lecture(client, run, record)
                    report.completed.append(record.name)
            except (DataError, TrackerRefusalError) as problem:
                report.skipped.append(str(problem))
    return report


def _records(ledger: LectureLedger, report: LectureSync) -> Iterator[LectureRecord]:
    """The results that can be read; the report gets the reason of others."""
    for label in ledger.labels():
        try:
            record = ledger.read(label)
        except NewerFormatError as problem:
            report.skipped.append(str(problem))
        else:
            if record is not None:
                yield record


def _runs(client: MlflowClient) -> dict[str, Run]:
    """Finished runs by their result's label; one that was deleted only where no other is left."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    found: dict[str, Run] = {}
    for run in finished_runs(client, experiment.experiment_id) if experiment else ():
        found.setdefault(lecture_label(run.data.tags), run)
    return found
