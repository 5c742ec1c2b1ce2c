"""Runs that belong to searches: which they are, and how to delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw1.tracking.tags import PUBLISHER_TAG, publisher

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

KIND_TAG = "hw1.kind"
NAME_TAG = "hw1.sweep"
CONTENT_TAG = "hw1.sweep.content"
PARENT_TAG = "mlflow.parentRunId"
SWEEP, TRIAL = "sweep", "sweep-trial"


def sweep_runs(client: MlflowClient, experiment: str, name: str) -> list[Run]:
    """Runs of the search of that name that this project has published, the latest first."""
    where = f"tags.`{KIND_TAG}` = '{SWEEP}' and tags.`{PUBLISHER_TAG}` = '{publisher()}'"
    found = client.search_runs([experiment], where)
    return [run for run in found if run.data.tags.get(NAME_TAG) == name]


def children_of(client: MlflowClient, run: Run) -> list[Run]:
    """The runs of a search's best trials."""
    where = f"tags.`{PARENT_TAG}` = '{run.info.run_id}'"
    return list(client.search_runs([run.info.experiment_id], where))


def is_sweep(run: Run) -> bool:
    """Whether a run shows a whole search."""
    return bool(run.data.tags.get(KIND_TAG) == SWEEP)


def delete_sweep(client: MlflowClient, run: Run) -> None:
    """Delete a search's run; its trials' first, so that none is ever left without it."""
    for child in children_of(client, run):
        client.delete_run(child.info.run_id)
    client.delete_run(run.info.run_id)
