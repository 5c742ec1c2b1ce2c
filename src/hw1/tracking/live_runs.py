"""Runs that show a training while it goes on, until the variant's own run takes them over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hw1.core.place import project_root
from hw1.lineage.announce import Training, training_in, training_key
from hw1.tracking.metrics import Point
from hw1.tracking.tags import publisher

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

LIVE_TAG = "hw1.live"
# where DVC runs the experiments of a queue, and those of `--temp`
EXPERIMENTS = (".dvc/tmp/exps/*/", ".dvc/tmp/exps/standalone/*/")


def live_key(params_text: str) -> str:
    """What a live run's tag begins with; the variant with these parameters finds it by this."""
    return f"{publisher()}-{training_key(params_text)}"


def live_tag(training: Training) -> str:
    """The value of a live run's tag."""
    return f"{live_key(training.params_text)}-{training.session}"


def live_run(client: MlflowClient, experiment: str, tag: str) -> Run | None:
    """The run that shows a training."""
    where = f"attributes.status = 'RUNNING' and tags.`{LIVE_TAG}` = '{tag}'"
    runs = client.search_runs([experiment], where, max_results=1)
    return runs[0] if runs else None


def adopt(client: MlflowClient, experiment: str, key: str, points: list[Point]) -> Run | None:
    """The run that has shown a variant's training, if the watcher has made one.

    Args:
        client: MLflow's.
        experiment: the experiment's id.
        key: see `live_key`.
        points: the variant's numbers. A run that shows others, of a training with the same
            parameters that came to nothing, is deleted.
    """
    for run in _ended(client, [experiment], key):
        if shown_points(client, run) <= set(points):
            return run
        client.delete_run(run.info.run_id)
    return None


def remove_live(client: MlflowClient, experiment: str, key: str) -> None:
    """Delete runs that have shown a variant's training, as it has a run of its own."""
    for run in _ended(client, [experiment], key):
        client.delete_run(run.info.run_id)


def _ended(client: MlflowClient, experiments: list[str], start: str) -> list[Run]:
    """Runs whose tag begins so, whose training is over and that nobody has taken over."""
    going_on = {live_tag(training) for training in trainings(project_root())}
    where = f"attributes.status = 'RUNNING' and tags.`{LIVE_TAG}` LIKE '{start}%'"
    runs = client.search_runs(experiments, where) if experiments else []
    return [run for run in runs if run.data.tags[LIVE_TAG] not in going_on]


def shown_points(client: MlflowClient, run: Run) -> set[Point]:
    """All numbers that a run shows."""
    return {
        (name, point.value, point.step)
        for name in run.data.metrics
        for point in client.get_metric_history(run.info.run_id, name)
    }


def remove_stale(client: MlflowClient, experiments: list[str]) -> None:
    """Delete live runs whose training is over: their watcher ended before they were taken over."""
    for run in _ended(client, experiments, f"{publisher()}-"):
        client.delete_run(run.info.run_id)


def trainings(root: Path) -> Iterator[Training]:
    """The trainings that go on: the project's, and those of its experiments."""
    for folder in [root, *(each for place in EXPERIMENTS for each in sorted(root.glob(place)))]:
        training = training_in(folder)
        if training is not None:
            yield training
