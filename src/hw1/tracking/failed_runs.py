"""How a run that diverged shows in MLflow: its tags and numbers, and which runs are such ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hw1.core.place import project_root
from hw1.lineage.failure import Failure, FailureLedger
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.lock import STAGES
from hw1.lineage.record import Record
from hw1.lineage.restoring import changes_of, listed, restore_command
from hw1.lineage.variant import code_of, data_of, key_of
from hw1.task_words import task_of
from hw1.tracking.content import points
from hw1.tracking.experiments import own_experiments, runs_of
from hw1.tracking.metrics import Point
from hw1.tracking.notes import NOTE_TAG, failure_note
from hw1.tracking.tags import EXPERIMENT_TAG, PUBLISHER_TAG, TASK_TAG, publisher

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

FAILED_TAG = "hw1.failed"
FAILURE_TAG = "failure"


def failed_runs(client: MlflowClient, experiment: str, key: str | None = None) -> Iterator[Run]:
    """An experiment's failed runs, all or those of one failure; deleted ones come last."""
    condition = f"tags.`{FAILED_TAG}` = '{key}'" if key else f"tags.`{FAILED_TAG}` LIKE '%'"
    return runs_of(client, experiment, "FAILED", condition)


def find_failed_run(client: MlflowClient, failure: Failure) -> Run | None:
    """A failure's run, if it has one that nobody has deleted."""
    for experiment in own_experiments(client):
        for run in failed_runs(client, experiment.experiment_id, failure.key):
            if run.info.lifecycle_stage == "active":
                return run
    return None


def remove_failed(client: MlflowClient, experiment: str, record: Record) -> None:
    """Delete the failures of what has become a variant after all."""
    ledger = FailureLedger(project_root())
    if not ledger.labels():
        return
    for place in range(len(STAGES)):
        try:
            failure = ledger.read(key_of(record.lock, STAGES[: place + 1]))
        except NewerFormatError:  # that version knows what to do with it
            continue
        if failure is not None:
            for run in failed_runs(client, experiment, failure.key):
                if run.info.lifecycle_stage == "active":
                    client.delete_run(run.info.run_id)
            ledger.forget(failure.key)


def failure_points(failure: Failure) -> list[Point]:
    """The learning curve as far as it is made of numbers, and the seconds that it took."""
    return [point for point in points(failure.record) if math.isfinite(point[1])]


def failure_tags(failure: Failure) -> dict[str, str]:
    """The tags of a failed run: what failed, where, and what it was made from."""
    record = failure.record
    again = restore_command(replace(record, experiment=None))  # no experiment holds it
    told = {
        FAILED_TAG: failure.key,
        PUBLISHER_TAG: publisher(),
        "hw1.data": data_of(failure.lock),
        "hw1.code": code_of(failure.lock),
        TASK_TAG: task_of(failure.parameters),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": "dvc exp run" if record.experiment else "dvc repro",
        "mlflow.source.git.commit": record.commit,
        "git.changed": listed(record.changed) or "nothing",
        EXPERIMENT_TAG: record.experiment,
        FAILURE_TAG: failure.message,
        f"{FAILURE_TAG}.stage": failure.stage,
        f"{FAILURE_TAG}.place": failure.place,
        f"{FAILURE_TAG}.epoch": failure.epoch,
        f"{FAILURE_TAG}.step": failure.step,
        f"{FAILURE_TAG}.learning_rate": failure.learning_rate,
        NOTE_TAG: failure_note(failure.message, changes_of(record), again),
    }
    return {name: f"{value}" for name, value in told.items() if value not in (None, "")}
