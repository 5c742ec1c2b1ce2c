"""MLflow's experiments: one an edition, so that the runs in it compare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hw1.tracking.notes import NOTE_TAG
from hw1.tracking.store import PREFIX, artifact_location, own_name
from hw1.tracking.view import set_view

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment, Run


def own_experiments(client: MlflowClient) -> list[Experiment]:
    """The project's experiments."""
    return [each for each in client.search_experiments() if each.name.startswith(PREFIX)]


def experiment_id(client: MlflowClient, edition: str) -> str:
    """The id of an edition's experiment, which is created or brought back where it must be."""
    found, tags = named_experiment(client, own_name(edition))
    if NOTE_TAG not in tags:  # it is new, or who made it was killed
        set_view(client, found)
    return found


def named_experiment(client: MlflowClient, name: str) -> tuple[str, dict[str, str]]:
    """The id of an experiment, which is created or brought back where it must be.

    Returns:
        The id and the tags that it has; none where it was created.
    """
    from mlflow.exceptions import MlflowException

    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        try:
            created = str(client.create_experiment(name, artifact_location=artifact_location()))
        except MlflowException:  # another machine was faster
            experiment = client.get_experiment_by_name(name)
            if experiment is None:
                raise
        else:
            return created, {}
    if experiment.lifecycle_stage == "deleted":
        client.restore_experiment(experiment.experiment_id)
    return str(experiment.experiment_id), dict(experiment.tags)


def finished_runs(client: MlflowClient, experiment: str, condition: str = "") -> Iterator[Run]:
    """All finished runs of an experiment, those that a person has deleted last."""
    return runs_of(client, experiment, "FINISHED", condition)


def runs_of(
    client: MlflowClient, experiment: str, status: str, condition: str = ""
) -> Iterator[Run]:
    """All runs of an experiment with one status, those that a person has deleted last."""
    from mlflow.entities import ViewType

    where = " and ".join(filter(None, [f"attributes.status = '{status}'", condition]))
    for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY):
        token = None
        while True:
            page = client.search_runs([experiment], where, view, page_token=token)
            yield from page
            token = page.token
            if not token:
                break
