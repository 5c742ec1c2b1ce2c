import platform
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml
from import_closure import closure

from hw1.core.errors import DataError
from hw1.core.files import write_json
from hw1.core.place import state_folder
from hw1.core.survey import Structure
from hw1.features.columns import Feature
from hw1.features.map import FeatureMap
from hw1.fitted import storage
from hw1.fitted.linear import LinearFitted
from hw1.target import TargetScale
from hw1.tracking.model import CODE, ModelParts, log_model

STRUCTURE = Structure(("AL", "NY"), ("cli", "tested_positive"), 3)
ROW = {"AL": 0, "NY": 1, "cli": 1.0, "tested_positive": 20.0, "cli.1": 2.0}
ROWS = pd.DataFrame([{"id": 7, **ROW, "tested_positive.1": 21.0, "cli.2": 7.3333333}])
ANSWER = 35.666667  # the last known day plus twice today's cli

ISOLATED = """
import sys
sys.path.append(sys.argv[1])  # without the .pth files that make hw1 importable
import importlib.util
assert importlib.util.find_spec("hw1") is None
import mlflow.pyfunc
model = mlflow.pyfunc.load_model(sys.argv[2])
assert sys.modules["hw1"].__file__.startswith(sys.argv[2])
print(model.predict(model.input_example)["tested_positive"].tolist())
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    client.create_experiment("hw1-sample", artifact_location=(folder / "artifacts").as_uri())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVC_ROOT", str(folder))
        yield client


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Two members that add 1 and 3 times today's `cli` to the last known day."""
    folder = tmp_path_factory.mktemp("fitted")
    features = FeatureMap((Feature("today", "cli_day3"),), "none", (0.0,), (1.0,), None, ())
    content = {"structure": STRUCTURE.to_dict(), "folds": {"final": features.to_dict()}}
    write_json(folder / "features.json", content)
    model = LinearFitted(np.array([[1.0], [3.0]]), np.zeros(2))
    storage.save(folder, {"final": model}, TargetScale("change", "none"))
    names = ("features.json", "model.json", "weights.safetensors")
    return ModelParts(*((folder / name).read_bytes() for name in names), 0.0, 100.0)


def new_run(client):
    return client.create_run(client.get_experiment_by_name("hw1-sample").experiment_id)


def logged_of(client, run):
    where = f"source_run_id = '{run.info.run_id}'"
    return list(client.search_logged_models([run.info.experiment_id], where))


@pytest.fixture(scope="module")
def run(client, parts):
    run = new_run(client)
    client.log_param(run.info.run_id, "train.model", "linear")
    log_model(client, run, parts)
    return client.get_run(run.info.run_id)


@pytest.fixture(scope="module")
def logged(client, run):
    return client.get_logged_model(run.outputs.model_outputs[0].model_id)


@pytest.fixture(scope="module")
def folder(logged):
    return Path(logged.artifact_location.removeprefix("file://"))


@pytest.fixture(autouse=True)
def own_path(monkeypatch):
    """MLflow puts every loaded model's code first on the path."""
    monkeypatch.setattr(sys, "path", [*sys.path])


@pytest.fixture
def default_store(client):
    """The store as the one that `models:/` and `runs:/` mean."""
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(client.tracking_uri)
    yield
    mlflow.set_tracking_uri(before)


def test_the_code_that_travels_is_what_serving_imports():
    assert [f"src/{file}" for file in CODE] == closure("hw1.serving")


@pytest.mark.fault("kill a publisher")
def test_what_a_killed_publisher_has_left_is_cleared_away(client, parts):
    left = state_folder() / "model" / "left"
    left.mkdir(parents=True)
    (left / "MLmodel").touch()
    log_model(client, new_run(client), parts)
    assert list(left.parent.iterdir()) == []


def test_the_run_shows_its_model(run, logged):
    assert logged.name == "model"
    assert logged.status == "READY"
    assert logged.source_run_id == run.info.run_id
    assert logged.params == {"train.model": "linear"}
    assert len(run.outputs.model_outputs) == 1


def test_it_is_loaded_by_its_id_and_by_its_run(run, logged, default_store):
    for uri in (f"models:/{logged.model_id}", f"runs:/{run.info.run_id}/model"):
        answer = mlflow.pyfunc.load_model(uri).predict(ROWS)
        assert answer["tested_positive"].tolist() == [ANSWER]


def test_signature_and_example_are_of_a_raw_row(folder):
    model = mlflow.models.Model.load(str(folder))
    inputs = {column.name: column.type.name for column in model.signature.inputs.inputs}
    assert list(inputs) == list(ROWS.columns)
    assert inputs.pop("id") == "long"
    assert set(inputs.values()) == {"double"}
    assert model.signature.inputs.required_input_names() == list(ROWS.columns[1:])
    assert model.signature.outputs.to_dict() == [
        {"type": "double", "name": "tested_positive", "required": True}
    ]
    example = model.load_input_example(str(folder))
    assert example.iloc[0].tolist() == [0, 1.0, 0.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    assert mlflow.pyfunc.load_model(str(folder)).predict(example).iloc[0].tolist() == [30.0]


def test_a_missing_column_is_named(folder):
    model = mlflow.pyfunc.load_model(str(folder))
    with pytest.raises(mlflow.MlflowException, match=r"missing inputs \['cli\.2'\]"):
        model.predict(ROWS.drop(columns="cli.2"))


@pytest.mark.fault("pickle")
def test_no_file_is_a_pickle(folder):
    files = [
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in str(path)
    ]
    assert {path.name for path in files} >= {"MLmodel", "weights.safetensors", "requirements.txt"}
    assert {path.suffix for path in files} == {"", ".json", ".py", ".safetensors", ".txt", ".yaml"}
    for path in files:
        assert path.read_bytes()[:1] not in (b"\x80", b"P"), f"{path} is a pickle or an archive"


def test_it_names_the_versions_that_it_was_made_with(folder):
    packages = ("mlflow", "numpy", "pandas", "safetensors")
    expected = [f"{package}=={version(package)}" for package in packages]
    assert (folder / "requirements.txt").read_text().split() == expected
    python = platform.python_version()
    for_pip = yaml.safe_load((folder / "python_env.yaml").read_text())
    assert for_pip == {"python": python, "dependencies": ["-r requirements.txt"]}
    for_conda = yaml.safe_load((folder / "conda.yaml").read_text())
    assert for_conda["dependencies"] == [f"python={python}", "pip", {"pip": expected}]
    environments = mlflow.models.Model.load(str(folder)).flavors["python_function"]["env"]
    assert environments == {"virtualenv": "python_env.yaml", "conda": "conda.yaml"}


def test_it_serves_where_the_project_is_not_installed(folder, tmp_path):
    packages = str(Path(mlflow.__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ISOLATED, packages, str(folder)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "[30.0]\n"), ran.stderr


def test_a_tampered_model_is_not_loaded(client, parts):
    run = new_run(client)
    logged = client.get_logged_model(log_model(client, run, parts))
    folder = Path(logged.artifact_location.removeprefix("file://"))
    (folder / "data" / "weights.safetensors").write_bytes(parts.weights[:-1] + b"\x01")
    with pytest.raises(DataError, match=r"weights\.safetensors is not the file that was logged"):
        mlflow.pyfunc.load_model(str(folder))


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("weights", (b"coefficients", b"Coefficients"), r"weights\.safetensors is not the file"),
        ("features", (b"cli_day3", b"cli_day9"), "the windows lack column `cli_day9`"),
    ],
)
def test_parts_that_do_not_fit_are_refused_before_anything_is_logged(
    client, parts, part, change, message
):
    run = new_run(client)
    damaged = replace(parts, **{part: getattr(parts, part).replace(*change)})
    with pytest.raises(DataError, match=message):
        log_model(client, run, damaged)
    assert logged_of(client, run) == []


def test_a_model_that_could_not_be_sent_is_marked_as_failed(client, parts, monkeypatch):
    def refuse(*_):
        raise OSError("disk full")

    run = new_run(client)
    monkeypatch.setattr(client, "log_model_artifacts", refuse)
    with pytest.raises(OSError, match="disk full"):
        log_model(client, run, parts)
    assert [model.status for model in logged_of(client, run)] == ["FAILED"]
    assert not client.get_run(run.info.run_id).outputs.model_outputs


def test_logging_prints_nothing(client, parts, capfd):
    log_model(client, new_run(client), parts)
    assert capfd.readouterr() == ("", "")
