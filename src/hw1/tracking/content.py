"""What goes into a run beside tags and parameters: metrics, files, pictures, data set, model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.files import write_bytes
from hw1.core.sections import PARAMS_FILE
from hw1.fitted.storage import MODEL_FILE, WEIGHTS_FILE
from hw1.lineage.blobs import Blobs
from hw1.lineage.lock import LOCK_FILE
from hw1.lineage.record import Record
from hw1.tracking.drawing import Drawn, draw
from hw1.tracking.metrics import metric_points, seconds_points
from hw1.tracking.store import own_name

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run


def points(record: Record) -> Iterator[tuple[str, float, int]]:
    """Every number of a variant: name, value, step."""
    yield from metric_points(record.texts)
    seconds = {stage: timing.seconds for stage, timing in record.stages.items()}
    yield from seconds_points({stage: value for stage, value in seconds.items() if value})


def log_files(
    client: MlflowClient,
    run_id: str,
    record: Record,
    blobs: Blobs,
    *,
    restore: str,
    drawn: Callable[[], Drawn] | None = None,
) -> None:
    """Log parameters' file, dvc.lock, metrics, submission, pictures and page.

    Args:
        client: MLflow's.
        run_id: the run.
        record: the variant.
        blobs: its files.
        restore: the command that brings it back.
        drawn: gives its pictures and page, where somebody draws them already.

    Raises:
        DataError: a file is not in DVC's cache any more; the others are logged all the same.
    """
    contents = {str(PARAMS_FILE): record.params_text, str(LOCK_FILE): record.lock_text}
    files = {path: text.encode("utf-8") for path, text in (contents | record.texts).items()}
    predictions = None
    missing: DataError | None = None
    try:
        files[str(layout.SUBMISSION)] = blobs.read(str(layout.SUBMISSION))
        predictions = blobs.read(str(layout.PREDICTIONS)).decode("utf-8")
    except DataError as problem:
        missing = problem
    try:
        files |= drawn() if drawn else draw(record, predictions, restore)
    except (KeyError, TypeError, ValueError) as problem:
        text = f"no pictures: another version of the project made the metrics ({problem!r})"
        missing = DataError(text)
    with TemporaryDirectory() as folder:
        for path, content in files.items():
            write_bytes(Path(folder) / path, content)
        client.log_artifacts(run_id, folder)
    if missing is not None:
        raise missing


def log_variants_model(client: MlflowClient, run: Run, record: Record, blobs: Blobs) -> str:
    """Log the model that made the submission.

    Returns:
        Its id.

    Raises:
        DataError: its files are not in DVC's cache any more.
    """
    from hw1.tracking.model import ModelParts, log_model

    parameters = record.variant.parameters
    parts = ModelParts(
        features=blobs.read(str(layout.FEATURES_FILE)),
        description=blobs.read(str(layout.MODEL_FOLDER / MODEL_FILE)),
        weights=blobs.read(str(layout.MODEL_FOLDER / WEIGHTS_FILE)),
        lowest=float(parameters["submit.lowest"]),
        highest=float(parameters["submit.highest"]),
    )
    return log_model(client, run, parts)


def log_dataset(client: MlflowClient, run_id: str, record: Record) -> None:
    """Log the raw data as the run's input, by DVC's digest; no row of it is read."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    variant = record.variant
    audit: dict[str, Any] = record.metrics(layout.INGEST_METRICS)
    profile = {"training rows": audit["train"]["rows"], "test rows": audit["test"]["rows"]}
    dataset = Dataset(
        name=own_name(variant.edition),
        digest=variant.data,
        source_type="dvc",
        source=json.dumps({"path": (layout.RAW / variant.edition).as_posix(), "md5": variant.data}),
        profile=json.dumps(profile),
    )
    tag = InputTag("mlflow.data.context", "training")
    client.log_inputs(run_id, datasets=[DatasetInput(dataset, [tag])])
