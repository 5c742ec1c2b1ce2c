"""Find or create the run of a lecture's result: exactly one, however often it is published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hw1.core.files import write_bytes
from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.lectures.stage import LOCK
from hw1.tracking.batches import log_metrics, log_params
from hw1.tracking.experiments import finished_runs, named_experiment
from hw1.tracking.lectures.content import (
    RunPlace,
    lecture_files,
    lecture_metrics,
    lecture_note,
    restore_line,
    seconds_name,
)
from hw1.tracking.lectures.tags import KEY_TAG, LOCKED_TAG, later_tags, lecture_tags
from hw1.tracking.lectures.view import EXPERIMENT, set_lectures_view
from hw1.tracking.notes import NOTE_TAG
from hw1.tracking.publish import remove_leftovers, the_only
from hw1.tracking.store import sqlite_file
from hw1.tracking.tags import RESTORE_TAG, RESULT_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


def publish_lecture(client: MlflowClient, record: LectureRecord, files: Mapping[str, bytes]) -> str:
    """Publish a result, unless it is; bring its tags up to date.

    Args:
        client: MLflow's, held by this publisher alone.
        record: the result.
        files: its files by path.

    Returns:
        The run's id.

    Raises:
        DataError: the metrics file is damaged.
    """
    experiment, _ = named_experiment(client, EXPERIMENT)
    set_lectures_view(client, experiment)
    remove_leftovers(client, experiment)
    run = next(finished_runs(client, experiment, _same(record)), None)
    if run is None:
        run_id = _create(client, experiment, record, files)
        unique = sqlite_file() is not None
        return run_id if unique else the_only(client, experiment, _same(record), run_id)
    if run.info.lifecycle_stage == "deleted":
        client.restore_run(run.info.run_id)  # it is asked for again
    complete_lecture(client, run, record)
    return str(run.info.run_id)


def complete_lecture(client: MlflowClient, run: Run, record: LectureRecord) -> None:
    """Tell a run what its stage could not know: DVC's lock, and where git and DVC hold it."""
    run_id, present = run.info.run_id, run.data.tags
    if record.lock_text is not None and LOCKED_TAG not in present:
        _log_files(client, run_id, {LOCK.as_posix(): record.lock_text.encode("utf-8")})
    took = seconds_name(record.lecture)
    if record.seconds is not None and took not in run.data.metrics:
        client.log_metric(run_id, took, record.seconds, record.created)
    tags = {name: value for name, value in later_tags(record).items() if present.get(name) != value}
    note, former = present.get(NOTE_TAG, ""), restore_line(present.get(RESTORE_TAG, ""))
    if RESTORE_TAG in tags and former in note:
        # not written anew: a person may have edited it
        tags[NOTE_TAG] = note.replace(former, restore_line(tags[RESTORE_TAG]))
    for name, value in sorted(tags.items()):
        client.set_tag(run_id, name, value)


def _create(
    client: MlflowClient, experiment: str, record: LectureRecord, files: Mapping[str, bytes]
) -> str:
    from mlflow.entities import Metric

    numbers = lecture_metrics(record, files)
    start = record.created - int(1000 * (record.seconds or 0.0))
    run = client.create_run(experiment, start, lecture_tags(record), record.name)
    run_id = str(run.info.run_id)
    try:
        client.set_tag(run_id, NOTE_TAG, lecture_note(record, files, RunPlace(experiment, run_id)))
        log_params(client, run_id, record.parameters)
        points = [Metric(name, value, record.created, 0) for name, value in numbers.items()]
        log_metrics(client, run_id, points)
        _log_files(client, run_id, lecture_files(record, files))
        client.set_terminated(run_id, "FINISHED", record.created)
    except BaseException:
        client.delete_run(run_id)
        raise
    return run_id


def _same(record: LectureRecord) -> str:
    return f"tags.`{KEY_TAG}` = '{record.key}' and tags.`{RESULT_TAG}` = '{record.result}'"


def _log_files(client: MlflowClient, run_id: str, files: Mapping[str, bytes]) -> None:
    with TemporaryDirectory() as folder:
        for path, content in files.items():
            write_bytes(Path(folder) / path, content)
        client.log_artifacts(run_id, folder)
