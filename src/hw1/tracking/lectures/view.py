"""How MLflow shows the lectures' runs: the experiment's name, its table and its note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw1.tracking.lectures.tags import EDITION_TAG, LECTURE_TAG
from hw1.tracking.notes import NOTE_TAG
from hw1.tracking.tags import RESTORE_TAG
from hw1.tracking.view import VIEW_PREFIX, saved_view, view_address

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "hw1 lectures"  # no edition's: those begin with `hw1-`
VIEW_KEY = "hw1-lectures"
VIEW_TAG = f"{VIEW_PREFIX}{VIEW_KEY}"
WIDTHS = {  # pixels
    f"tags.`{LECTURE_TAG}`": 150,
    f"tags.`{EDITION_TAG}`": 100,
    "tags.`git.changed`": 200,
    f"tags.`{RESTORE_TAG}`": 400,
}
NOTE = (
    "Every run is a result of one of the lectures' experiments, the latest first; `make lectures` "
    "runs them all, `dvc repro lectures/dvc.yaml:views` one. What it found stands in its "
    "description, page and tables are among its artifacts. They measure different things, so "
    "compare runs of the same `lecture` only: `tags.lecture = 'views'`."
)


def set_lectures_view(client: MlflowClient, experiment_id: str) -> str:
    """Store the view of the lectures' runs, and a note where a person may not have edited one.

    Returns:
        What follows the server's `http://host:port/` in the address of their table.
    """
    experiment = client.get_experiment(experiment_id)
    view = lectures_view(experiment.creation_time or 0)
    if experiment.tags.get(VIEW_TAG) != view:
        client.set_experiment_tag(experiment_id, VIEW_TAG, view)
    if NOTE_TAG not in experiment.tags:
        client.set_experiment_tag(experiment_id, NOTE_TAG, NOTE)
    return view_address(experiment_id, VIEW_KEY)


def lectures_page(client: MlflowClient) -> str | None:
    """What follows the server's address in that of the lectures' table; None without one."""
    experiment = client.get_experiment_by_name(EXPERIMENT)
    if experiment is None or experiment.lifecycle_stage == "deleted":
        return None
    return set_lectures_view(client, experiment.experiment_id)


def lectures_view(created: int) -> str:
    """The saved view: the latest result first.

    Args:
        created: milliseconds since 1970.
    """
    columns = list(WIDTHS)
    state = {
        "orderByKey": "attributes.start_time",
        "orderByAsc": False,
        "selectedColumns": columns,
        "columnOrder": columns,
        "columnWidths": WIDTHS,
    }
    return saved_view("Latest first", created, state)
