"""The experiment as its stage runs it, small."""

import shutil

import pandas as pd
import pytest
from lectures_support import foreign_numbers, read_page, run_twice, write_lecture_params
from support import ROOT, SMALL

from hw1.core.errors import ParamsError
from hw1.core.files import read_json, rounded
from hw1.core.sections import load_section
from hw1.lectures.critical_points.experiment import EXPERIMENT
from hw1.lectures.critical_points.page import page, trend
from hw1.lectures.critical_points.params import CriticalPointsParams
from hw1.lectures.critical_points.pictures import draw
from hw1.lectures.critical_points.tables import toy_table
from hw1.lectures.frame.experiment import run_experiment
from hw1.lectures.frame.places import PARAMS, metrics_file, page_file, plots_folder
from hw1.simulate import write_edition

FAST = {
    "features": 2,
    "rows": 40,
    "hidden": [[2]],
    "seeds": 3,
    "epochs": [3, 20],
    "search.steps": 15,
    "search.reach": 0.5,
    "large": [[4], [6, 5]],
    "lanczos.exact_up_to": 20,
    "lanczos.steps": 10,
    "lanczos.starts": 2,
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    write_edition(tmp_path / "data/raw/sample", SMALL)
    shutil.copy(ROOT / "params.yaml", tmp_path / "params.yaml")
    write_lecture_params(tmp_path, "critical_points", FAST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_two_runs_write_the_same_bytes(project):
    first, second = run_twice(EXPERIMENT, project)
    assert first == second
    folder = plots_folder("critical_points").as_posix()
    assert {f"{folder}/{name}.csv" for name in ("points", "spectra", "escape", "toy")} <= set(first)


def test_numbers_agree_with_tables_and_page(project):
    run_experiment(EXPERIMENT)
    text, metrics = read_page("critical_points")
    assert foreign_numbers(text, metrics) == []
    points = pd.read_csv(plots_folder("critical_points") / "points.csv")
    assert len(points) == 3 * (1 + 2 + 1)
    assert (points["search"] == "training").sum() == metrics["training"]["runs"] == 3
    assert (points["kind"] == "saddle").sum() == metrics["escape"]["saddles"]
    left = points.dropna(subset="escaped_loss")
    assert (left["escaped_loss"] < left["loss"]).all()
    assert (left["descended_loss"] <= left["escaped_loss"]).all()
    assert set(metrics["large"]) == {"4", "6-5"}
    assert "exact" in metrics["large"]["4"]
    assert "exact" not in metrics["large"]["6-5"]
    assert read_json(metrics_file("critical_points")) == metrics
    assert page_file("critical_points").is_file()


def found(correlation):
    """Points of one kind, as the metrics have them."""
    spread = {"low": 0.1, "median": 0.2, "high": 0.3}
    told = {"count": 5, "distinct": 5, "loss": spread, "minimum_ratio": spread}
    return told | {"rank_correlation": correlation}


def test_what_the_page_says_follows_the_numbers(project):
    metrics = rounded(dict(EXPERIMENT.compute(section()).metrics))
    saddle = {"loss": 0.2, "descended_loss": 0.1}
    metrics["shown"]["saddle"] = saddle
    spread = found(None)["loss"]
    metrics["escape"] = {"saddles": 5, "lowered": 5, "drop": spread, "descended_drop": spread}
    metrics["critical"] = found(-0.8) | {"saddle": found(-0.6), "minimum": found(None)}
    assert trend(metrics["critical"]) == "down"
    assert "the higher the loss, the more directions lead down" in page(metrics)
    metrics["critical"]["saddle"]["rank_correlation"] = -0.3
    assert "but -0.30 among the saddles alone" in page(metrics)
    metrics["critical"]["saddle"]["rank_correlation"] = -0.9
    assert ", among the saddles alone -0.90" in page(metrics)
    metrics["critical"]["rank_correlation"] = 0.8
    assert "against what the lecture shows" in page(metrics)
    metrics["critical"]["rank_correlation"] = -0.1
    assert "little to do with" in page(metrics)
    del metrics["critical"]["saddle"]
    metrics["escape"] = {"saddles": 0, "lowered": 0}
    del metrics["shown"]["saddle"]
    text = page(metrics)
    assert "never a saddle" in text
    assert "There was no saddle to leave." in text
    assert "escape.png" not in text


def test_no_minimum_ratio_is_claimed_where_most_signs_are_unresolved(project):
    metrics = rounded(dict(EXPERIMENT.compute(section()).metrics))
    lanczos = metrics["large"]["6-5"]["lanczos"]
    lanczos |= {"positive_from": 0.04, "positive_to": 0.97, "unresolved": 0.93}
    text = page(metrics)
    assert "Of `6-5` most is unresolved" in text
    assert "| 0.040 to 0.97 | 0.93 |" in text
    lanczos["unresolved"] = 0.1
    assert "`6-5`" not in page(metrics)


def test_what_was_not_found_has_a_picture_that_says_so(project):
    """Its file would else show what an earlier run has found."""
    columns = {
        "points": ["kind", "hidden", "minimum_ratio", "loss"],
        "spectra": ["point", "hidden", "loss", "number", "eigenvalue", "zero_tolerance"],
        "escape": ["step", "loss", "quadratic"],
    }
    tables = {name: pd.DataFrame(columns=own) for name, own in columns.items()}
    metrics = dict(EXPERIMENT.compute(section()).metrics)
    figures = draw(metrics, tables | {"toy": toy_table()})
    assert set(figures) == {"loss_and_minimum_ratio", "spectra", "escape", "toy"}


def section():
    return load_section("critical_points", CriticalPointsParams, PARAMS)


def test_a_relu_is_refused(project):
    write_lecture_params(project, "critical_points", FAST | {"activation": "relu"})
    with pytest.raises(ParamsError, match=r"critical_points\.activation"):
        run_experiment(EXPERIMENT)
