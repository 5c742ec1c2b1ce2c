"""The plain script is the recipe that the variant `sample_code` describes, on the same rows."""

import csv
import subprocess
import sys

import numpy as np
import pandas as pd
from support import ROOT, SMALL

from hw1.ingest.splits import torch_permutation
from hw1.simulate import write_edition


def test_script_and_variant_have_the_same_settings():
    from bench.speed import sample_script as script
    from bench.speed.setting import shipped, variant_params

    params, config = variant_params("sample_code"), script.config
    assert params.seed == config["seed"]
    assert params.epochs == config["n_epochs"]
    assert params.batch_size == config["batch_size"]
    assert params.optimizer.name == "sgd"
    assert params.optimizer.learning_rate == config["learning_rate"]
    assert params.optimizer.momentum == config["momentum"]
    assert params.optimizer.weight_decay == 0.0
    assert params.early_stopping.patience == config["early_stop"]
    overrides = shipped("sample_code").overrides
    assert overrides["ingest.split.fraction"] == config["valid_ratio"]
    assert overrides["ingest.split.seed"] == config["seed"]
    layers = script.Model(117).layers
    assert [layer.out_features for layer in layers[::2]] == [*params.hidden, 1]


def test_script_holds_out_the_rows_that_the_variant_holds_out():
    from bench.speed import sample_script as script

    rows = np.arange(50)[:, None]
    _, held_out = script.train_valid_split(rows, 0.2, 5201314)
    assert held_out[:, 0].tolist() == torch_permutation(50, 5201314)[40:].tolist()


def test_script_predicts_every_test_row(tmp_path):
    train, test, _ = write_edition(tmp_path, SMALL)
    script = ROOT / "bench" / "speed" / "sample_script.py"
    command = [sys.executable, str(script), str(train), str(test), str(tmp_path), "--epochs", "2"]
    subprocess.run(command, check=True)
    with (tmp_path / "pred.csv").open() as lines:
        header = next(csv.reader(lines))
    assert header == ["id", "tested_positive"]
    assert len(pd.read_csv(tmp_path / "pred.csv")) == SMALL.test_rows
