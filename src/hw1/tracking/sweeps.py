"""A search in MLflow: a run for the whole, and below it one for each of its best trials."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hw1.core.files import write_bytes
from hw1.sweep.report import SweepReport
from hw1.sweep.table import Result
from hw1.tracking.batches import log_metrics, log_params
from hw1.tracking.drawing import PICTURES
from hw1.tracking.experiments import experiment_id
from hw1.tracking.metrics import Point
from hw1.tracking.notes import NOTE_TAG
from hw1.tracking.publish import remove_leftovers
from hw1.tracking.store import tracking_client
from hw1.tracking.sweep_content import (
    sweep_files,
    sweep_params,
    sweep_points,
    trial_params,
    trial_points,
)
from hw1.tracking.sweep_notes import sweep_note, trial_note
from hw1.tracking.sweep_pictures import draw_sweep
from hw1.tracking.sweep_runs import (
    CONTENT_TAG,
    KIND_TAG,
    NAME_TAG,
    PARENT_TAG,
    SWEEP,
    TRIAL,
    children_of,
    delete_sweep,
    sweep_runs,
)
from hw1.tracking.sweep_view import set_sweeps_view
from hw1.tracking.tags import PUBLISHER_TAG, publisher

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

RUN_PREFIX = "sweep-"


def publish_sweep(report: SweepReport) -> str:
    """Publish a search; of one that was published before, the latest state replaces the older.

    Nothing in MLflow is touched where the same state is there already.

    Args:
        report: the search.

    Returns:
        The id of its run.

    Raises:
        TrackerError: MLflow's store does not answer. No half-filled run is left.
    """
    files = sweep_files(report)
    digest = _digest(report, files)
    with tracking_client() as client:
        experiment = experiment_id(client, report.edition)
        remove_leftovers(client, experiment)
        present = sweep_runs(client, experiment, report.name)
        same = next((run for run in present if _is_whole(client, run, digest, report)), None)
        run_id = same.info.run_id if same else _create(client, experiment, report, files, digest)
        set_sweeps_view(client, experiment)
        for run in present:
            if run.info.run_id != run_id:
                delete_sweep(client, run)
        return str(run_id)


def _is_whole(client: MlflowClient, run: Run, digest: str, report: SweepReport) -> bool:
    """Whether a run shows this state of the search, with all trials that it should."""
    if run.data.tags.get(CONTENT_TAG) != digest:
        return False
    return len(children_of(client, run)) == len(report.best)


def _create(
    client: MlflowClient,
    experiment: str,
    report: SweepReport,
    files: Mapping[str, bytes],
    digest: str,
) -> str:
    pictures = {f"{PICTURES}/{name}": png for name, png in draw_sweep(report).items()}
    tags = _tags(report, SWEEP) | {CONTENT_TAG: digest, NOTE_TAG: sweep_note(report)}
    start = report.ended - int(1000 * report.seconds)
    run = client.create_run(experiment, start, tags, f"{RUN_PREFIX}{report.name}")
    try:
        log_params(client, run.info.run_id, sweep_params(report))
        _log(client, run.info.run_id, sweep_points(report), report.ended)
        _log_files(client, run.info.run_id, {**files, **pictures})
        for rank, result in enumerate(report.best, 1):
            _create_trial(client, run, report, result, rank)
        # last: what is not finished is removed, and its trials with it
        client.set_terminated(run.info.run_id, "FINISHED", report.ended)
    except BaseException:
        delete_sweep(client, run)
        raise
    return str(run.info.run_id)


def _create_trial(
    client: MlflowClient, parent: Run, report: SweepReport, result: Result, rank: int
) -> None:
    trial, outcome = result
    tags = _tags(report, TRIAL) | {
        PARENT_TAG: parent.info.run_id,
        NOTE_TAG: trial_note(result, report, rank),
    }
    start = report.ended - int(1000 * outcome.seconds)
    name = f"{RUN_PREFIX}{report.name} #{rank}, trial {trial.number}"
    run = client.create_run(parent.info.experiment_id, start, tags, name)
    log_params(client, run.info.run_id, trial_params(result))
    _log(client, run.info.run_id, trial_points(result, report, rank), report.ended)
    client.set_terminated(run.info.run_id, "FINISHED", report.ended)


def _tags(report: SweepReport, kind: str) -> dict[str, str]:
    return {
        KIND_TAG: kind,
        NAME_TAG: report.name,
        PUBLISHER_TAG: publisher(),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": "hw1 sweep",
    }


def _log(client: MlflowClient, run_id: str, points: list[Point], when: int) -> None:
    from mlflow.entities import Metric

    log_metrics(client, run_id, [Metric(name, value, when, step) for name, value, step in points])


def _log_files(client: MlflowClient, run_id: str, files: Mapping[str, bytes]) -> None:
    with TemporaryDirectory() as folder:
        for path, content in files.items():
            write_bytes(Path(folder) / path, content)
        client.log_artifacts(run_id, folder)


def _digest(report: SweepReport, files: Mapping[str, bytes]) -> str:
    """Changes when anything changes that is published."""
    curves = [trial_points(result, report, rank) for rank, result in enumerate(report.best, 1)]
    shown = [sweep_note(report), sweep_params(report), sweep_points(report), curves]
    texts = {name: content.decode("utf-8") for name, content in files.items()}
    return hashlib.sha256(json.dumps([shown, texts], sort_keys=True).encode()).hexdigest()
