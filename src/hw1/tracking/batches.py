"""Parameters and metrics, no more at once than MLflow takes in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

MOST_METRICS, MOST_PARAMS = 1000, 100


def log_params(client: MlflowClient, run_id: str, parameters: Mapping[str, Any]) -> None:
    """Log parameters by dotted key."""
    from mlflow.entities import Param

    params = [Param(key, str(value)) for key, value in sorted(parameters.items())]
    for start in range(0, len(params), MOST_PARAMS):
        client.log_batch(run_id, params=params[start : start + MOST_PARAMS])


def log_metrics(client: MlflowClient, run_id: str, metrics: Sequence[Metric]) -> None:
    """Log metrics in order."""
    for start in range(0, len(metrics), MOST_METRICS):
        client.log_batch(run_id, metrics=metrics[start : start + MOST_METRICS])
