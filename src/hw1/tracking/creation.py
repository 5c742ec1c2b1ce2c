"""A variant's run: its tags, numbers, files and model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hw1.core.errors import DataError
from hw1.lineage.blobs import Blobs
from hw1.lineage.record import Record
from hw1.tracking import content
from hw1.tracking.batches import log_metrics, log_params
from hw1.tracking.drawing import Drawn
from hw1.tracking.live_runs import adopt, live_key, shown_points
from hw1.tracking.metrics import Point, decides
from hw1.tracking.notes import NOTE_TAG, linked_note
from hw1.tracking.tags import INCOMPLETE_TAG, RESTORE_TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


@dataclass(frozen=True)
class Publication:
    """What is to be published.

    Attributes:
        record: the variant.
        blobs: its files.
        tags: the run's tags.
        knows_traces: whether the tags tell where DVC and git hold it, which a stage cannot know.
        drawn: gives its pictures and page, where somebody draws them already.
    """

    record: Record
    blobs: Blobs
    tags: Mapping[str, str]
    knows_traces: bool = True
    drawn: Callable[[], Drawn] | None = None


def create_run(client: MlflowClient, experiment: str, publication: Publication) -> str:
    """Give a variant its run; one that has shown its training becomes it.

    Returns:
        The run's id.
    """
    points = list(content.points(publication.record))
    run = begin_run(client, experiment, publication.record, publication.tags, points)
    try:
        _fill(client, run, publication, points)
    except Exception:
        delete_with_model(client, run.info.run_id)
        raise
    return str(run.info.run_id)


def begin_run(
    client: MlflowClient,
    experiment: str,
    record: Record,
    tags: Mapping[str, str],
    points: list[Point],
) -> Run:
    """Make a run, or take over the one that has shown this very training.

    Args:
        client: MLflow's.
        experiment: the experiment's id.
        record: what the run is of.
        tags: the run's tags.
        points: the numbers that it is going to show.
    """
    seconds = [each.seconds or 0.0 for each in record.stages.values() if each.ran]
    start = record.created - int(1000 * sum(seconds))
    run = adopt(client, experiment, live_key(record.params_text), points)
    late = {}
    if run is None:
        run = client.create_run(experiment, start, dict(tags), record.name)
    else:
        late = {**tags, "mlflow.runName": record.name}
    if NOTE_TAG in tags:
        late[NOTE_TAG] = linked_note(tags[NOTE_TAG], experiment, run.info.run_id)
    _set_tags(client, run.info.run_id, late)
    return run


def _fill(client: MlflowClient, run: Run, publication: Publication, points: list[Point]) -> None:
    record, run_id = publication.record, run.info.run_id
    log_params(client, run_id, record.variant.parameters)
    content.log_dataset(client, run_id, record)
    model_id = log_contents(client, run, publication)
    log_points(client, run, points, record.created, model_id)
    client.set_terminated(run_id, "FINISHED", record.created)


def log_contents(client: MlflowClient, run: Run, publication: Publication) -> str | None:
    """Log files and model as far as they are there; returns the model's id, if it is."""
    record, blobs, run_id = publication.record, publication.blobs, run.info.run_id
    model_id, missing = None, []
    try:
        restore = publication.tags.get(RESTORE_TAG, "")
        content.log_files(client, run_id, record, blobs, restore=restore, drawn=publication.drawn)
    except DataError as problem:  # DVC's cache was cleaned: the numbers are published all the same
        missing.append(str(problem))
    try:
        model_id = content.log_variants_model(client, run, record, blobs)
    except DataError as problem:
        missing.append(str(problem))
    if missing:
        client.set_tag(run_id, INCOMPLETE_TAG, "; ".join(missing))
    elif INCOMPLETE_TAG in run.data.tags:
        client.delete_tag(run_id, INCOMPLETE_TAG)
    return model_id


def log_points(
    client: MlflowClient, run: Run, points: list[Point], created: int, model_id: str | None = None
) -> None:
    """Log those numbers that a run does not show yet.

    The few that decide stand beside the model as well, if there is one.
    """
    from mlflow.entities import Metric

    shown = shown_points(client, run)
    metrics = [
        Metric(name, value, created, step, model_id if decides(name) else None)
        for name, value, step in points
        if (name, value, step) not in shown
    ]
    log_metrics(client, run.info.run_id, metrics)


def _set_tags(client: MlflowClient, run_id: str, tags: Mapping[str, str]) -> None:
    from mlflow.entities import RunTag

    client.log_batch(run_id, tags=[RunTag(name, value) for name, value in sorted(tags.items())])


def delete_with_model(client: MlflowClient, run_id: str) -> None:
    """Delete a run and the models that it made; it does not know one that is half made."""
    experiment = client.get_run(run_id).info.experiment_id
    for model in client.search_logged_models([experiment], f"source_run_id = '{run_id}'"):
        client.delete_logged_model(model.model_id)
    client.delete_run(run_id)
