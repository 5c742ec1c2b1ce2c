"""Every shipped variant runs through the stages, in fast mode, to a checked submission."""

import json
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from support import ROOT

from hw1.core import layout
from hw1.core.files import read_json, read_parquet
from hw1.core.sections import read_params
from hw1.simulate import SimulationConfig, write_edition
from hw1.submission import PERCENTAGES, PROBABILITIES, check_submission
from hw1.variants import DEFAULT, ShippedVariant, overridden, read_variants

SHIPPED = {"default": DEFAULT} | read_variants(ROOT / "variants.yaml")
STAGES = ("check", "ingest", "features", "train", "evaluate", "submit")
SINGLE = {"persistence", "lasso", "ard", "linked", "sample_code"}
"""Variants without an ensemble."""
SMALL = SimulationConfig(states=("AL", "CA", "GA", "NY", "TX"), train_rows=240, test_rows=40)
FAST = ShippedVariant(
    "fast",
    "",
    {
        "train.epochs": 2,
        "train.extra_trees.trees": 3,
        "evaluate.bootstrap": 100,
    },
)
"""Short; and no more than two members, unless a variant has fewer."""


def run_stage(name):
    """Run a stage's script in this process, which spares its imports."""
    spec = spec_from_file_location(f"script_{name}", ROOT / "stages" / f"{name}.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main()


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw") / "sample"
    write_edition(folder, SMALL)
    return folder


@pytest.fixture
def run(edition, tmp_path, monkeypatch):
    """Run all stages but `track` in this process; returns the evaluation's metrics."""

    def run_variant(name, **further):
        content = overridden(read_params(ROOT / "params.yaml"), SHIPPED[name])
        content = overridden(content, FAST)
        content = overridden(content, ShippedVariant("further", "", further))
        content["train"]["seeds"] = min(2, content["train"]["seeds"])
        monkeypatch.chdir(tmp_path)
        layout.RAW.mkdir(parents=True, exist_ok=True)
        if not (layout.RAW / "sample").exists():
            (layout.RAW / "sample").symlink_to(edition)
        (tmp_path / "params.yaml").write_text(json.dumps(content))
        for stage in STAGES:
            run_stage(stage)
        return read_json(layout.EVALUATE_METRICS)

    return run_variant


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_variant_reaches_a_submission(run, name):
    evaluated = run(name)
    probabilities = SHIPPED[name].overrides.get("train.task") == "classification"
    metric, column = ("cross_entropy", PROBABILITIES) if probabilities else ("mse", PERCENTAGES)
    ids = read_parquet(layout.TEST_TABLE)["id"].tolist()
    assert len(check_submission(layout.SUBMISSION, ids, column)) == SMALL.test_rows
    assert evaluated["valid"][metric] > 0
    members = evaluated["seeds"]["members"]
    assert members == (1 if name in SINGLE else 2)
    assert (f"{metric}_deviation" in evaluated["seeds"]) == (members > 1)
    assert {"forward", "random"} <= set(evaluated["schemes"])


def test_trees_on_the_level_fail_the_gate_and_say_so(run, capsys):
    assert run("trees_on_level")["extrapolation"]["verdict"] == "fails"
    assert "extrapolation: fails" in capsys.readouterr().out
