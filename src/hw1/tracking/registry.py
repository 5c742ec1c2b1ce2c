"""MLflow's registry: an edition's models, their versions and the champion among them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hw1.core.errors import Hw1Error
from hw1.tracking.store import own_name

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

ALIAS = "champion"
VERSIONS_TAG = "mlflow.modelVersions"  # by which MLflow's pages lead from a model to its version


def model_name(edition: str) -> str:
    """The name under which an edition's models are registered."""
    return own_name(edition)


def find_champion(client: MlflowClient, edition: str) -> ModelVersion | None:
    """The version of an edition's model that is champion, if one is."""
    from mlflow.exceptions import MlflowException

    name = model_name(edition)
    try:
        aliases = client.get_registered_model(name).aliases
    except MlflowException as problem:
        if problem.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None
    return client.get_model_version(name, aliases[ALIAS]) if ALIAS in aliases else None


def logged_model_id(run: Run) -> str:
    """The model of a run.

    Raises:
        Hw1Error: it has none.
    """
    if run.outputs is None or not run.outputs.model_outputs:
        raise Hw1Error(f"run {run.info.run_id} has no model in MLflow, so it cannot be promoted")
    return str(run.outputs.model_outputs[-1].model_id)


def registered_version(client: MlflowClient, name: str, run_id: str, model_id: str) -> str:
    """The version that a run's model is; it becomes one if it is none yet."""
    source = client.get_logged_model(model_id).artifact_location
    for version in client.search_model_versions(f"run_id = '{run_id}'"):
        if (version.name, version.source) == (name, source):
            return str(version.version)
    _create_registered_model(client, name)
    # by its location: MLflow looks `models:/<id>` up at its default store, not at this client's
    created = client.create_model_version(
        name, source, run_id, model_id=model_id, await_creation_for=0
    )
    links = json.dumps([{"name": name, "version": created.version}])
    client.set_logged_model_tags(model_id, {VERSIONS_TAG: links})
    return str(created.version)


def _create_registered_model(client: MlflowClient, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as problem:
        if problem.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
