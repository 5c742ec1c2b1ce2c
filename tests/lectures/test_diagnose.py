"""The experiment as a whole, as its stage and the command run it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from diagnose_support import QUICK
from lectures_support import foreign_numbers, run_twice, write_lecture_params
from support import ROOT, SMALL

from hw1.core.errors import ParamsError
from hw1.core.files import rounded
from hw1.core.sections import load_section
from hw1.lectures.diagnose.experiment import EXPERIMENT, diagnose_workspace
from hw1.lectures.diagnose.params import DiagnoseParams
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.places import PARAMS
from hw1.simulate import write_edition

RECIPE = (
    load_section("diagnose", DiagnoseParams, ROOT / "lectures/params.yaml").ladder.recipe | QUICK
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small edition, the pipeline's parameters and a small ladder."""
    write_edition(tmp_path / "data/raw/sample", SMALL)
    for name in ("params.yaml", "variants.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


def write(root: Path, **changes: object) -> None:
    small = {
        "seeds": 2,
        "ladder.recipe": RECIPE,
        "ladder.widths": [4, 3],
        "ladder.middle": 1,
        "holding.blocks": 2,
        "apart.groups": 3,
        "apart.trees": 5,
        "apart.shuffles": 1,
    }
    write_lecture_params(root, "diagnose", small | changes)


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(project: Path) -> None:
    first, second = run_twice(EXPERIMENT, project)
    assert first == second
    pictures = {name for name in first if name.endswith(".png")}
    assert len(pictures) == 4
    declared = (ROOT / "lectures/dvc.yaml").read_text()
    assert all(name in declared for name in first if not name.endswith("params.yaml"))


VARIANTS = {
    "default": {},
    "lasso": {},
    "persistence": {},
    "linear": {"train.optimizer.name": "sgd", "train.optimizer.learning_rate": 1e4},
}


def page_of(project: Path, **changes: object) -> tuple[str, Any]:
    """The page and its metrics, without pictures."""
    write(project, **changes)
    found = EXPERIMENT.compute(load_section("diagnose", DiagnoseParams, PARAMS))
    metrics = rounded(found.metrics)
    return EXPERIMENT.page(metrics), metrics


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_number_of_the_page_is_one_of_the_metrics(project: Path, variant: str) -> None:
    page, metrics = page_of(project, variant=variant, overrides=VARIANTS[variant])
    assert not foreign_numbers(page, metrics)
    assert metrics["verdict"] in ("fine", "model_bias", "optimisation", "overfitting", "mismatch")
    for advice in metrics["advice"]:
        assert advice["command"] in page


def test_a_model_without_epochs_has_a_picture_of_its_losses(project: Path) -> None:
    write(project, variant="lasso")
    run_experiment(EXPERIMENT)
    assert (project / "lectures/plots/diagnose/curve.png").stat().st_size


def test_overrides_are_diagnosed_and_named(project: Path) -> None:
    page, metrics = page_of(project, overrides={"train.epochs": 2})
    assert metrics["models"]["the variant"]["epochs"] == 2
    assert "`train.epochs=2`" in page
    assert all("-S train.epochs=" in advice["command"] for advice in metrics["advice"])


def test_the_command_says_what_the_page_says(project: Path) -> None:
    page, metrics = page_of(project)
    told = diagnose_workspace()
    assert told.startswith("default on sample: ")
    for advice in metrics["advice"]:
        assert advice["command"] in told
        assert advice["command"] in page


def test_the_command_diagnoses_params_yaml_as_it_stands(project: Path) -> None:
    path = project / "params.yaml"
    text = path.read_text().replace("learning_rate: 0.003", "learning_rate: 100000.0")
    path.write_text(text.replace("name: adamw", "name: sgd"))
    assert "a problem of optimisation" in diagnose_workspace()


def test_a_classifier_that_only_guesses_tells_nothing_apart(project: Path) -> None:
    _, metrics = page_of(project)
    apart = metrics["apart"]
    apart["auc"][apart["best"]], apart["found"] = 0.37, False
    metrics["findings"].pop("test_like_worse", None)
    page = EXPERIMENT.page(metrics)
    assert "No classifier tells test windows from training windows (AUC 0.37" in page
    assert "weighted like test windows" not in page
    assert not foreign_numbers(page, metrics)


def test_an_unknown_variant_is_named(project: Path) -> None:
    with pytest.raises(ParamsError, match="no variant `laso`"):
        diagnose_workspace("laso")
