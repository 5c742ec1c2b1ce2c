import shutil

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from support import ROOT
from train_support import design_table, make_params

from hw1.core import layout
from hw1.core.files import read_json, write_parquet
from hw1.fitted import storage


@pytest.fixture
def project(tmp_path):
    for seed, fold in enumerate(("0", "1", "final")):
        table = design_table(seed=seed, validation=fold != "final")
        write_parquet(tmp_path / layout.DESIGN_FOLDER / f"{fold}.parquet", table)
    return tmp_path


def write_params(root, **changes):
    with (root / "params.yaml").open("w") as file:
        YAML().dump({"train": make_params(**changes).model_dump()}, file)


def test_writes_models_errors_and_curve(project, run_stage):
    write_params(project, seeds=2)

    done = run_stage("train", project)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("train: mlp")
    folds, _ = storage.load(project / layout.MODEL_FOLDER)
    metrics = read_json(project / layout.TRAIN_METRICS)
    curve = pd.read_csv(project / layout.CURVE_FILE)
    assert list(folds) == list(metrics["folds"]) == ["0", "1", "final"]
    assert curve.groupby("fold").size().to_dict() == {"0": 4, "1": 4, "final": 4}
    assert curve.loc[curve["fold"] == "final", "valid_mse"].isna().all()
    assert np.isfinite(metrics["valid_mse"])


@pytest.mark.fault("threads")
@pytest.mark.parametrize("model", ["mlp", "extra_trees", "lasso", "blend"])
def test_two_runs_give_the_same_bytes(project, run_stage, model):
    write_params(project, model=model, dropout=0.2, early_stopping={"patience": 2})

    def outputs():
        assert run_stage("train", project).returncode == 0
        files = [layout.TRAIN_METRICS, layout.CURVE_FILE]
        files += [layout.MODEL_FOLDER / name for name in ("model.json", "weights.safetensors")]
        return [(project / file).read_bytes() for file in files]

    assert outputs() == outputs()


@pytest.mark.fault("divergence")
def test_a_divergence_leaves_the_earlier_model_and_names_the_rate(project, run_stage):
    write_params(project, model="ridge")
    assert run_stage("train", project).returncode == 0
    before = (project / layout.MODEL_FOLDER / "model.json").read_bytes()

    rate = {"name": "sgd", "learning_rate": 1e3}
    write_params(project, model="mlp", epochs=200, linear_skip=True, optimizer=rate)
    done = run_stage("train", project)

    assert done.returncode == 1
    assert "error: fold 0: the loss is not finite in epoch" in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / layout.MODEL_FOLDER / "model.json").read_bytes() == before


def test_missing_designs_are_an_error(project, run_stage):
    write_params(project)
    shutil.rmtree(project / layout.DESIGN_FOLDER)

    done = run_stage("train", project)

    assert done.returncode == 1
    assert "design" in done.stderr


def test_shipped_parameters_train(project, run_stage):
    shutil.copy(ROOT / "params.yaml", project / "params.yaml")

    assert run_stage("train", project).returncode == 0
