"""The variant's model in MLflow: a folder that serves raw rows without this project installed.

The folder is put together here and handed to MLflow's client, because `mlflow.pyfunc.log_model`
spends most of a second on comparing requirements with every installed package and prints advice.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import hw1
from hw1.core.files import write_json, write_text
from hw1.core.place import state_folder

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel, Run

    from hw1.core.survey import Structure

NAME = "model"
PYTHON_ENV, CONDA_ENV = "python_env.yaml", "conda.yaml"
PACKAGES = ("mlflow", "numpy", "pandas", "safetensors")
CODE = (
    "hw1/__init__.py",
    "hw1/core/__init__.py",
    "hw1/core/errors.py",
    "hw1/core/files.py",
    "hw1/core/layout.py",
    "hw1/core/survey.py",
    "hw1/features/__init__.py",
    "hw1/features/columns.py",
    "hw1/features/map.py",
    "hw1/features/scaling.py",
    "hw1/fitted/__init__.py",
    "hw1/fitted/activations.py",
    "hw1/fitted/base.py",
    "hw1/fitted/blend.py",
    "hw1/fitted/kernel.py",
    "hw1/fitted/linear.py",
    "hw1/fitted/nested.py",
    "hw1/fitted/network.py",
    "hw1/fitted/routed.py",
    "hw1/fitted/storage.py",
    "hw1/fitted/trees.py",
    "hw1/numerals.py",
    "hw1/predictor.py",
    "hw1/raw_rows.py",
    "hw1/serving.py",
    "hw1/submission.py",
    "hw1/target.py",
    "hw1/transforms.py",
)
EXAMPLE_PERCENT = 10.0


@dataclass(frozen=True)
class ModelParts:
    """What a variant's model consists of.

    Attributes:
        features: content of `data/features/features.json`.
        description: content of `data/train/model.json`.
        weights: content of `data/train/weights.safetensors`.
        lowest: predictions are cut to `lowest`..`highest`, percent.
        highest: see `lowest`.
    """

    features: bytes
    description: bytes
    weights: bytes
    lowest: float
    highest: float


def log_model(client: MlflowClient, run: Run, parts: ModelParts) -> str:
    """Give a run its model, as `runs:/<run>/model`.

    Args:
        client: of the tracking server, held by this publisher alone.
        run: the run; its parameters are shown with the model.
        parts: the model; it has to predict a made-up row before anything is sent.

    Returns:
        The logged model's id, for `models:/<id>`.

    Raises:
        DataError: the parts are damaged or do not belong together.
    """
    from mlflow.entities import LoggedModelOutput

    beside = state_folder() / "model"
    shutil.rmtree(beside, ignore_errors=True)  # left by a publisher that was killed
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside) as name:
        folder = Path(name)
        contents = _write_contents(folder, parts)
        params = client.get_run(run.info.run_id).data.params
        logged = client.create_logged_model(
            run.info.experiment_id, NAME, run.info.run_id, params=params
        )
        try:
            _write_description(folder, logged, contents)
            client.log_model_artifacts(logged.model_id, str(folder))
        except BaseException:
            client.finalize_logged_model(logged.model_id, "FAILED")
            raise
    client.finalize_logged_model(logged.model_id, "READY")
    client.log_outputs(run.info.run_id, [LoggedModelOutput(logged.model_id, step=0)])
    return str(logged.model_id)


def _write_contents(folder: Path, parts: ModelParts) -> dict[str, Any]:
    """Write all that does not depend on MLflow.

    Returns:
        What `mlflow.models.Model` has to know of it: signature and example.
    """
    from hw1 import serving
    from hw1.raw_rows import raw_columns

    files = dict(
        zip(serving.FILES, (parts.features, parts.description, parts.weights), strict=True)
    )
    serving.save_model(folder / "data", files, parts.lowest, parts.highest)
    for file in CODE:
        target = folder / "code" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(hw1.__file__).parents[1] / file, target)
    _write_environment(folder)
    model = serving._load_pyfunc(str(folder / "data"))
    columns = raw_columns(model.predictor.structure, last_day=model.sees_last_day)
    example = made_up_row(model.predictor.structure, columns)
    answered = model.predict(example)
    return {
        "signature": _signature(columns, [str(name) for name in answered.columns]),
        "saved_input_example_info": _write_example(folder, example),
    }


def _write_environment(folder: Path) -> None:
    """Write what the model needs, for pip and, because MLflow asks for it, for conda."""
    python = platform.python_version()
    packages = [f"{package}=={version(package)}" for package in PACKAGES]
    write_text(folder / "requirements.txt", "\n".join(packages) + "\n")
    for_pip = {"python": python, "dependencies": ["-r requirements.txt"]}
    for_conda = {
        "name": "hw1",
        "channels": ["conda-forge"],
        "dependencies": [f"python={python}", "pip", {"pip": packages}],
    }
    write_json(folder / PYTHON_ENV, for_pip)  # JSON is YAML
    write_json(folder / CONDA_ENV, for_conda)


def made_up_row(structure: Structure, columns: Sequence[str]) -> pd.DataFrame:
    """One raw row of no data set: the first state, and the same percentage everywhere."""
    import pandas as pd

    row: dict[str, Any] = {"id": 0, **dict.fromkeys(columns, EXAMPLE_PERCENT)}
    row |= {state: float(place == 0) for place, state in enumerate(structure.states)}
    return pd.DataFrame([row])


def _write_example(folder: Path, example: pd.DataFrame) -> dict[str, str]:
    content = example.to_dict(orient="split", index=False)
    write_json(folder / "input_example.json", content)
    write_json(folder / "serving_input_example.json", {"dataframe_split": content})
    return {
        "artifact_path": "input_example.json",
        "serving_input_path": "serving_input_example.json",
        "type": "dataframe",
        "pandas_orient": "split",
    }


def _signature(columns: Sequence[str], answers: Sequence[str]) -> Any:
    """Percentages in, numbers out; `id` may be there, since a raw row has it."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    inputs = [ColSpec("double", name) for name in columns]
    identity = ColSpec("long", "id", required=False)
    outputs = Schema([ColSpec("double", name) for name in answers])
    return ModelSignature(Schema([identity, *inputs]), outputs)


def _write_description(folder: Path, logged: LoggedModel, contents: dict[str, Any]) -> None:
    """Write `MLmodel`, by which MLflow knows the folder."""
    import mlflow.pyfunc
    from mlflow.models import Model

    model = Model(
        artifact_path=logged.artifact_location,
        run_id=logged.source_run_id,
        model_uuid=logged.model_id,
        model_id=logged.model_id,
        **contents,
    )
    mlflow.pyfunc.add_to_model(
        model,
        "hw1.serving",
        data="data",
        code="code",
        python_env=PYTHON_ENV,
        conda_env=CONDA_ENV,
    )
    model.save(str(folder / "MLmodel"))
