"""Find or create a variant's run: exactly one finished run, however often it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hw1.lineage.record import Record
from hw1.tracking.creation import Publication, create_run, delete_with_model, log_contents
from hw1.tracking.experiments import experiment_id, finished_runs
from hw1.tracking.failed_runs import remove_failed
from hw1.tracking.live_runs import live_key, remove_live
from hw1.tracking.notes import NOTE_TAG
from hw1.tracking.store import sqlite_file
from hw1.tracking.sweep_runs import PARENT_TAG, delete_sweep, is_sweep
from hw1.tracking.tags import (
    COMMITTED_TAG,
    EXPERIMENT_TAG,
    INCOMPLETE_TAG,
    PUBLISHER_TAG,
    RESTORE_TAG,
    RESULT_TAG,
    VARIANT_TAG,
    publisher,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

CHANGEABLE = (RESTORE_TAG, EXPERIMENT_TAG, COMMITTED_TAG)


def find_or_create(client: MlflowClient, publication: Publication) -> str:
    """Publish a variant, unless it is; bring its tags up to date.

    Args:
        client: MLflow's, held by this publisher alone.
        publication: the variant and what goes with it.

    Returns:
        The run's id.
    """
    record = publication.record
    experiment = experiment_id(client, record.variant.edition)
    remove_leftovers(client, experiment)
    run = _find(client, experiment, record)
    if run is not None and run.info.lifecycle_stage == "deleted":
        client.restore_run(run.info.run_id)  # it is asked for again
    remove_failed(client, experiment, record)
    if run is not None:
        complete(client, run, _news(publication, run))
        if INCOMPLETE_TAG in run.data.tags:
            log_contents(client, run, publication)
        remove_live(client, experiment, live_key(record.params_text))
        return str(run.info.run_id)
    run_id = create_run(client, experiment, publication)
    if sqlite_file() is not None:
        return run_id
    return the_only(client, experiment, _same(record), run_id)


def complete(client: MlflowClient, run: Run, tags: Mapping[str, str]) -> bool:
    """Bring those tags up to date that can change later.

    Returns:
        Whether any had to be.
    """
    present = run.data.tags
    changed = {
        name: value
        for name, value in tags.items()
        if name.startswith(CHANGEABLE) and present.get(name) != value
    }
    note, former = present.get(NOTE_TAG, ""), present.get(RESTORE_TAG)
    if RESTORE_TAG in changed and former and former in note:
        # not written anew: a person may have edited it
        changed[NOTE_TAG] = note.replace(former, changed[RESTORE_TAG])
    for name, value in sorted(changed.items()):
        client.set_tag(run.info.run_id, name, value)
    return bool(changed)


def _news(publication: Publication, run: Run) -> dict[str, str]:
    """What a publication knows that a run does not.

    A stage cannot see where git and DVC hold the variant; all that it knows is an experiment.
    """
    if publication.knows_traces:
        return dict(publication.tags)
    name = publication.record.experiment
    names = [each for each in run.data.tags.get(EXPERIMENT_TAG, "").split(", ") if each]
    if name is None or name in names:
        return {}
    return dict(publication.tags) | {EXPERIMENT_TAG: ", ".join([*names, name])}


def find_run(client: MlflowClient, record: Record) -> Run | None:
    """The variant's finished run, if it has one that nobody has deleted."""
    run = _find(client, experiment_id(client, record.variant.edition), record)
    return None if run is None or run.info.lifecycle_stage == "deleted" else run


def _find(client: MlflowClient, experiment: str, record: Record) -> Run | None:
    return next(finished_runs(client, experiment, _same(record)), None)


def _same(record: Record) -> str:
    variant = record.variant
    return f"tags.`{VARIANT_TAG}` = '{variant.key}' and tags.`{RESULT_TAG}` = '{variant.result}'"


def remove_leftovers(client: MlflowClient, experiment: str) -> None:
    """Delete what this project's publishers began and did not finish: none is at work now.

    Args:
        client: MLflow's, held by this publisher alone.
        experiment: the experiment's id.
    """
    where = f"attributes.status = 'RUNNING' and tags.`{PUBLISHER_TAG}` = '{publisher()}'"
    unfinished = client.search_runs([experiment], where)
    begun = {run.info.run_id for run in unfinished}
    for run in unfinished:
        if is_sweep(run):
            delete_sweep(client, run)
        elif run.data.tags.get(PARENT_TAG) not in begun:  # else it is deleted with its search
            delete_with_model(client, run.info.run_id)


def the_only(client: MlflowClient, experiment: str, condition: str, run_id: str) -> str:
    """Settle a tie between machines, whom no file lock keeps apart: the smallest id stays.

    Args:
        client: MLflow's.
        experiment: the experiment's id.
        condition: what all runs of the same result fulfil.
        run_id: the run that this machine has made.

    Returns:
        The id of the run that stays.
    """
    twins: Sequence[str] = sorted(
        str(run.info.run_id)
        for run in finished_runs(client, experiment, condition)
        if run.info.lifecycle_stage == "active"
    )
    for twin in twins[1:]:  # also one whose publisher looked before this run was finished
        delete_with_model(client, twin)
    return twins[0] if twins else run_id
