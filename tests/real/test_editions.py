"""The real editions through the real pipeline, where their CSV files are at hand."""

import json

import pytest
from pipeline_support import new_project
from support import ROOT

from hw1.variants import read_variants


@pytest.fixture
def real_project(real_folder, tmp_path):
    """A project with the shipped parameters and one real edition, split by blocks."""
    project = new_project(tmp_path / "project")
    project.run("hw1", "fetch", real_folder.name, "--from", str(real_folder))
    project.edit("params.yaml", "edition: sample", f"edition: {real_folder.name}")
    project.edit("params.yaml", "method: forward", "method: blocks")
    return project


def valid(project):
    return json.loads(project.text("metrics/evaluate.json"))["valid"]


def test_the_default_beats_persistence(real_project, real_folder):
    real_project.dvc("repro", "submit", "evaluate")
    assert valid(real_project)["skill"] > 0.04
    rows = {"2021": 893, "2022": 1078}[real_folder.name]
    assert f"{rows} rows" in real_project.run("hw1", "check", "data/submit/submission.csv").stdout
    assert ".csv" not in real_project.git("ls-files", f"data/raw/{real_folder.name}")


@pytest.mark.slow
def test_the_default_beats_the_courses_recipe_on_the_same_rows(real_project):
    real_project.dvc("repro", "evaluate")
    default = valid(real_project)
    overrides = [
        override
        for override in read_variants(ROOT / "variants.yaml")["sample_code"].set_params()
        if not override.startswith("ingest.")
    ]
    words = [word for override in overrides for word in ("-S", override)]
    real_project.dvc("exp", "run", "evaluate", *words)
    course = valid(real_project)
    assert course["rows"] == default["rows"]
    assert default["mse"] < course["mse"]
