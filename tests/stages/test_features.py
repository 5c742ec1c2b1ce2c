import pandas as pd
import pytest
from support import ROOT

from hw1.core import layout
from hw1.core.files import read_json, read_parquet, write_json, write_parquet, write_text
from hw1.core.survey import Structure
from hw1.features.map import read_feature_maps


@pytest.fixture
def project(write_project):
    """What ingest leaves, with the shipped parameters."""
    root = write_project()
    structure = Structure(("AL", "CA", "NY", "WA"), ("cli", "tested_positive"), 2)
    write_json(root / layout.STRUCTURE, structure.to_dict())
    write_text(root / "params.yaml", (ROOT / "params.yaml").read_text(encoding="utf-8"))
    return root


def set_param(root, old, new):
    text = (root / "params.yaml").read_text(encoding="utf-8")
    assert old in text
    write_text(root / "params.yaml", text.replace(old, new, 1))


def outputs(root):
    paths = [root / layout.FEATURES_FILE, root / layout.FEATURES_METRICS]
    paths += sorted((root / layout.DESIGN_FOLDER).iterdir())
    return {path.name: path.read_bytes() for path in paths}


def test_it_writes_maps_design_tables_and_metrics(project, run_stage):
    done = run_stage("features", project)
    assert done.stdout == (
        "features: 3 of 3 candidates, selection all; beside the windows "
        "0 pairs within them and 0 from visible test days\n"
    ), done.stderr
    _, maps = read_feature_maps(project / layout.FEATURES_FILE)
    assert list(maps) == ["0", "final"]
    windows = read_parquet(project / layout.TRAIN_TABLE)
    for fold, fitted in maps.items():
        table = read_parquet(project / layout.DESIGN_FOLDER / f"{fold}.parquet")
        expected = pd.DataFrame(fitted.apply(windows), columns=fitted.names)
        pd.testing.assert_frame_equal(table[fitted.names], expected, check_exact=True)
    metrics = read_json(project / layout.FEATURES_METRICS)
    assert metrics["count"] == 3
    assert metrics["in_every_fold"] == 3
    assert metrics["selected"]["cli_day2"] > 0.5


def test_a_second_run_gives_the_same_bytes(project, run_stage):
    run_stage("features", project)
    first = outputs(project)
    run_stage("features", project)
    assert outputs(project) == first


def test_tables_of_folds_that_are_gone_are_removed(project, run_stage):
    folds = read_parquet(project / layout.FOLDS_TABLE)
    write_parquet(project / layout.FOLDS_TABLE, pd.concat([folds, folds.assign(fold=1)]))
    run_stage("features", project)
    assert "1.parquet" in outputs(project)
    write_parquet(project / layout.FOLDS_TABLE, folds)
    run_stage("features", project)
    assert "1.parquet" not in outputs(project)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  k: null", "  k: 9", "cannot keep 9 features, there are 3 candidates"),
        ("  selection: all", "  selection: lasoo", "did you mean `lasso`"),
        ("  selection: all", "  selection: correlation", "needs `k` or `threshold`"),
        ("  selection: all", "  selection: rfe", "needs `k`"),
    ],
)
def test_wrong_parameters_leave_the_earlier_outputs(project, run_stage, old, new, message):
    run_stage("features", project)
    before = outputs(project)
    set_param(project, old, new)
    done = run_stage("features", project)
    assert done.returncode == 1
    assert message in done.stderr
    assert outputs(project) == before
