"""Publish the variant in the workspace as one MLflow run; a second time changes nothing."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from hw1 import layout
from hw1.files import read_json
from hw1.params.base import PARAMS_FILE, flatten
from hw1.tracking.store import artifact_location, lock_path, tracking_uri
from hw1.tracking.variant import Variant

VARIANT_TAG = "hw1.variant"
METRIC_FILES = {
    "valid": layout.EVALUATE_METRICS,
    "submit": layout.SUBMIT_METRICS,
    "train": layout.TRAIN_METRICS,
    "features": layout.FEATURES_METRICS,
    "ingest": layout.INGEST_METRICS,
}
ARTIFACT_FILES = (
    PARAMS_FILE,
    *METRIC_FILES.values(),
    layout.CURVE_FILE,
    layout.BY_STATE,
    layout.BY_LEVEL,
    layout.SUBMISSION,
)
RESULTS = [layout.MODEL_FOLDER, *ARTIFACT_FILES[1:]]
BATCH = 1000  # the most metrics that MLflow takes in one request


def publish(variant: Variant) -> str | None:
    """Find or create the variant's run.

    Returns:
        The run's id, or None where the tracking server cannot be reached: tracking is a
        projection of files and never a reason to fail.
    """
    _set_patience()
    import mlflow
    from mlflow.exceptions import MlflowException

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    lock = lock_path()
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock):
            client = mlflow.MlflowClient(tracking_uri())
            experiment = _experiment_id(client, variant.parameters["ingest.edition"])
            return _find(client, experiment, variant) or _create(client, experiment, variant)
    except (MlflowException, OSError) as problem:
        reason = str(problem).splitlines()[0][:200]
        print(f"track: MLflow at {tracking_uri()} did not take the run ({reason})")
        return None


def _set_patience() -> None:
    """Give up on a server that is down after seconds; MLflow's default waits for minutes."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")


def _experiment_id(client: Any, edition: str) -> str:
    name = f"hw1-{edition}"
    experiment = client.get_experiment_by_name(name)
    if experiment is not None:
        return str(experiment.experiment_id)
    return str(client.create_experiment(name, artifact_location=artifact_location()))


def _find(client: Any, experiment: str, variant: Variant) -> str | None:
    where = f"tags.`{VARIANT_TAG}` = '{variant.key}' and attributes.status = 'FINISHED'"
    runs = client.search_runs([experiment], filter_string=where, max_results=1)
    return str(runs[0].info.run_id) if runs else None


def _create(client: Any, experiment: str, variant: Variant) -> str:
    tags = {VARIANT_TAG: variant.key, "mlflow.source.name": "dvc repro", **_experiment_tags()}
    run = client.create_run(experiment, tags=tags, run_name=variant.name)
    try:
        _log(client, run, variant)
    except BaseException:
        client.set_terminated(run.info.run_id, "FAILED")
        raise
    client.set_terminated(run.info.run_id, "FINISHED")
    return str(run.info.run_id)


def _log(client: Any, run: Any, variant: Variant) -> None:
    from mlflow.entities import Metric, Param

    run_id, now = run.info.run_id, run.info.start_time
    metrics = [Metric(name, value, now, step) for name, value, step in _metrics()]
    params = [Param(name, value) for name, value in sorted(variant.parameters.items())]
    client.log_batch(run_id, metrics=metrics[:BATCH], params=params)
    for start in range(BATCH, len(metrics), BATCH):
        client.log_batch(run_id, metrics=metrics[start : start + BATCH])
    for path in ARTIFACT_FILES:
        folder = path.parent.as_posix()
        client.log_artifact(run_id, str(path), None if folder == "." else folder)


def _experiment_tags() -> dict[str, str]:
    """The split with its warning, and the DVC experiment where there is one."""
    tags = {"split": str(read_json(layout.EVALUATE_METRICS)["split"]["label"])}
    name = os.environ.get("DVC_EXP_NAME")
    return tags | ({"dvc.experiment": name} if name else {})


def _metrics() -> Iterator[tuple[str, float, int]]:
    """Yield (name, value, step); names have one level, which MLflow groups charts by."""
    for group, path in METRIC_FILES.items():
        for key, value in flatten(read_json(path)):
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield _metric_name(group, key), float(value), 0
    yield from _curve(layout.CURVE_FILE)


def _metric_name(group: str, key: str) -> str:
    inner, _, last = key.rpartition(".")
    if group == "valid" and inner:
        return f"{inner.replace('.', '_')}/{last}"
    return f"{group}/{key}"


def _curve(path: Path) -> Iterator[tuple[str, float, int]]:
    import pandas as pd

    table = pd.read_csv(path, dtype={"fold": str})
    for fold, rows in table.groupby("fold", sort=True):
        for column in ("train_mse", "valid_mse"):
            points = rows[["epoch", column]].dropna()
            for epoch, value in zip(points["epoch"], points[column], strict=True):
                yield f"curve_fold_{fold}/{column}", float(value), int(epoch)
