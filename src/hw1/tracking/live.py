"""The board of trainings: shows each as its learning curve grows, and clears it away."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1.core import layout
from hw1.core.errors import Hw1Error
from hw1.core.sections import parse_params
from hw1.lineage import git
from hw1.lineage.announce import Training, training_in, was_killed
from hw1.lineage.observe import name_of
from hw1.tracking.batches import log_metrics, log_params
from hw1.tracking.experiments import experiment_id
from hw1.tracking.live_runs import LIVE_TAG, live_run, live_tag, shown_points, trainings
from hw1.tracking.metrics import Point, metric_points
from hw1.variants import flat_variant

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

PATIENCE = 600.0  # seconds that a finished training waits for its variant's own run


@dataclass
class LiveRun:
    """A training that is shown.

    Attributes:
        run_id: the run that shows it.
        training: the training.
        last_seen: when it last went on, in seconds since 1970.
        steps: the last step shown, by metric.
    """

    run_id: str
    training: Training
    last_seen: float
    steps: dict[str, int]


class LiveBoard:
    """Shows the trainings of one project."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._shown: dict[str, LiveRun] = {}

    def has_work(self) -> bool:
        """Whether a training goes on, or one that was shown has to be seen off."""
        return bool(self._shown) or next(trainings(self._root), None) is not None

    def update(self, client: MlflowClient) -> None:
        """Show what is new of every training, and remove what came to nothing."""
        for training in trainings(self._root):
            tag = live_tag(training)
            try:
                live = self._shown.get(tag) or self._begin(client, training)
            except (Hw1Error, KeyError):  # its parameters cannot be read: the stage says so itself
                continue
            self._shown[tag] = live
            live.last_seen = time.time()
            if _is_running(client, live):  # a person may have deleted it
                _show(client, live)
        for tag, live in list(self._shown.items()):
            if training_in(live.training.folder) != live.training and _is_over(client, live):
                del self._shown[tag]

    def _begin(self, client: MlflowClient, training: Training) -> LiveRun:
        parameters = flat_variant(parse_params(training.params_text))
        experiment = experiment_id(client, str(parameters["ingest.edition"]))
        run = live_run(client, experiment, live_tag(training))
        run = run or self._new_run(client, experiment, training, parameters)
        steps: dict[str, int] = {}
        for name, _, step in shown_points(client, run):
            steps[name] = max(step, steps.get(name, step))
        return LiveRun(run.info.run_id, training, time.time(), steps)

    def _new_run(
        self,
        client: MlflowClient,
        experiment: str,
        training: Training,
        parameters: dict[str, Any],
    ) -> Run:
        name = f"training: {name_of(parameters, self._root, git.head(self._root))}"
        run = client.create_run(experiment, tags={LIVE_TAG: live_tag(training)}, run_name=name)
        log_params(client, run.info.run_id, parameters)
        return run


def _show(client: MlflowClient, live: LiveRun) -> None:
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    fresh = [
        Metric(name, value, now, step)
        for name, value, step in _curve_points(live.training.folder)
        if step > live.steps.get(name, -1)
    ]
    log_metrics(client, live.run_id, fresh)
    live.steps |= {metric.key: metric.step for metric in fresh}


def _is_running(client: MlflowClient, live: LiveRun) -> bool:
    info = client.get_run(live.run_id).info
    return bool(info.status == "RUNNING" and info.lifecycle_stage == "active")


def _is_over(client: MlflowClient, live: LiveRun) -> bool:
    """Whether a run needs no more care: it was taken over, or nobody will."""
    if not _is_running(client, live):
        return True
    folder = live.training.folder
    came_to_nothing = was_killed(folder) or training_in(folder) is not None  # another has followed
    if not came_to_nothing and time.time() - live.last_seen < PATIENCE:
        return False
    client.delete_run(live.run_id)
    return True


def _curve_points(folder: Path) -> list[Point]:
    """The learning curves as far as their lines are complete."""
    try:
        text = (folder / layout.CURVE_FILE).read_text(encoding="utf-8")
    except OSError:
        return []
    whole = text[: text.rfind("\n") + 1]
    return list(metric_points({str(layout.CURVE_FILE): whole}))
