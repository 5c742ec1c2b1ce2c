"""Find or create the run of a failure: exactly one failed run, however often it is published."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hw1.core import layout
from hw1.core.files import write_text
from hw1.core.sections import PARAMS_FILE
from hw1.lineage.failure import Failure
from hw1.tracking.batches import log_params
from hw1.tracking.creation import begin_run, log_points
from hw1.tracking.experiments import experiment_id
from hw1.tracking.failed_runs import failed_runs, failure_points, failure_tags
from hw1.tracking.live_runs import live_key, remove_live
from hw1.tracking.metrics import Point
from hw1.tracking.publish import remove_leftovers

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


def find_or_create_failed(client: MlflowClient, failure: Failure) -> str:
    """Publish a failure, unless it is; a run that has shown its training becomes it.

    Args:
        client: MLflow's, held by this publisher alone.
        failure: what failed.

    Returns:
        The run's id.
    """
    experiment = experiment_id(client, failure.edition)
    remove_leftovers(client, experiment)
    run = next(failed_runs(client, experiment, failure.key), None)
    if run is None:
        return _create_run(client, experiment, failure)
    if run.info.lifecycle_stage == "deleted":
        client.restore_run(run.info.run_id)  # it has failed again
    remove_live(client, experiment, live_key(failure.record.params_text))
    return str(run.info.run_id)


def _create_run(client: MlflowClient, experiment: str, failure: Failure) -> str:
    points = failure_points(failure)
    tags = failure_tags(failure)
    run = begin_run(client, experiment, failure.record, tags, points)
    try:
        _fill(client, run, failure, points)
    except Exception:
        client.delete_run(run.info.run_id)
        raise
    return str(run.info.run_id)


def _fill(client: MlflowClient, run: Run, failure: Failure, points: list[Point]) -> None:
    record, run_id = failure.record, run.info.run_id
    log_params(client, run_id, failure.parameters)
    with TemporaryDirectory() as folder:
        write_text(Path(folder) / PARAMS_FILE, record.params_text)
        if failure.curve:
            write_text(Path(folder) / layout.CURVE_FILE, failure.curve)
        client.log_artifacts(run_id, folder)
    log_points(client, run, points, record.created)
    client.set_terminated(run_id, "FAILED", record.created)
