"""How MLflow shows the searches of an experiment: a saved view beside that of the variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw1.tracking.sweep_content import GROUP
from hw1.tracking.sweep_runs import KIND_TAG, SWEEP
from hw1.tracking.view import VIEW_PREFIX, saved_view, view_address

if TYPE_CHECKING:
    from mlflow import MlflowClient

SWEEPS_KEY = "hw1-sweeps"
SWEEPS_TAG = f"{VIEW_PREFIX}{SWEEPS_KEY}"
WIDTHS = {  # pixels, of the columns of these metrics
    "best": 110,
    "corrected": 140,
    "optimism": 140,
    "unseen.winner": 180,
    "unseen.base": 170,
    "trials.complete": 190,
    "trials.pruned": 180,
    "trials_per_minute": 200,
    "rank": 110,
    "value": 110,
}


def set_sweeps_view(client: MlflowClient, experiment_id: str) -> str:
    """Store the view of an experiment's searches, unless it is there.

    Returns:
        What follows the server's `http://host:port/` in the address of their table.
    """
    experiment = client.get_experiment(experiment_id)
    view = sweeps_view(experiment.creation_time or 0)
    if experiment.tags.get(SWEEPS_TAG) != view:
        client.set_experiment_tag(experiment_id, SWEEPS_TAG, view)
    return view_address(experiment_id, SWEEPS_KEY)


def sweeps_view(created: int) -> str:
    """The saved view: the latest search first, its best trials below it.

    Args:
        created: milliseconds since 1970.
    """
    widths = {f"metrics.`{GROUP}/{name}`": width for name, width in WIDTHS.items()}
    columns = list(widths)
    state = {
        "searchFilter": f"tags.`{KIND_TAG}` LIKE '{SWEEP}%'",
        "orderByKey": "attributes.start_time",  # by any other, MLflow would not nest the trials
        "orderByAsc": False,
        "selectedColumns": columns,
        "columnOrder": columns,
        "columnWidths": widths,
    }
    return saved_view("Searches", created, state)
