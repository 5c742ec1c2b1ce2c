import time

import pytest
from tracking_support import edit_lock, fabricate

from hw1.core.errors import DataError
from hw1.lineage.observe import observe

VARIANT = fabricate()


@pytest.fixture
def workspace(project):
    """A project in which the variant's files stand, as they do when the last stage runs."""
    project.write(VARIANT)
    return project


def commit(project):
    project.git("add", ".")
    project.git("commit", "-qm", "a variant")
    return project.git("rev-parse", "HEAD")


def test_it_records_the_variant_with_all_that_git_holds_of_it(workspace):
    record = observe(workspace.root)
    assert record.variant == VARIANT.record.variant
    assert record.texts == VARIANT.record.texts
    assert record.params_text == VARIANT.record.params_text
    assert (record.experiment, record.baseline) == (None, None)
    assert record.commit == workspace.git("rev-parse", "HEAD")
    assert abs(record.created - 1000 * time.time()) < 10_000
    assert not any(timing.ran for timing in record.stages.values())


def test_an_experiment_knows_its_name_and_baseline(workspace, monkeypatch):
    baseline = workspace.git("rev-parse", "HEAD")
    monkeypatch.setenv("DVC_EXP_NAME", "mine")
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", baseline)
    record = observe(workspace.root)
    assert (record.name, record.experiment) == ("mine", "mine")
    assert (record.commit, record.baseline) == (baseline, baseline)


def test_a_variant_is_named_by_what_it_changes_of_the_commit(workspace, monkeypatch):
    commit(workspace)
    assert observe(workspace.root).name == "default"
    workspace.write(fabricate(dropout=0.3))
    assert observe(workspace.root).name == "dropout=0.3"
    monkeypatch.setenv("DVC_EXP_NAME", "bulky-jads")  # a name that DVC made up
    assert observe(workspace.root).name == "dropout=0.3"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("stages/train.py", True),
        ("params.yaml", True),
        ("dvc.yaml", True),
        ("data/raw/sample/covid.train.csv", True),
        ("data/raw/sample.dvc", True),  # an edition that was fetched and is not committed
        ("README.md", False),
        ("data/raw/other/covid.train.csv", False),
        ("data/raw/sample_of_mine.csv", False),
    ],
)
def test_only_changes_of_what_went_in_are_named(workspace, path, named):
    commit(workspace)
    file = workspace.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((VARIANT.record.params_text + "\n") if path == "params.yaml" else "new\n")
    assert observe(workspace.root).changed == ((path,) if named else ())


def test_results_that_are_not_committed_yet_are_no_change(workspace):
    commit(workspace)
    workspace.write(fabricate(mse=1.4))
    assert observe(workspace.root).changed == ()


def test_it_works_outside_git(workspace):
    (workspace.root / ".git").rename(workspace.root / "no.git")
    record = observe(workspace.root)
    assert (record.commit, record.changed, record.name) == (None, (), "default")


def test_metrics_that_do_not_fit_the_lock_are_refused(workspace):
    path = workspace.root / "metrics/evaluate.json"
    path.write_text(path.read_text().replace("1.5", "0.5", 1))
    with pytest.raises(DataError, match=r"metrics/evaluate\.json is not what dvc\.lock describes"):
        observe(workspace.root)


def test_parameters_that_do_not_fit_the_lock_are_refused(workspace):
    (workspace.root / "params.yaml").write_text(fabricate(dropout=0.3).record.params_text)
    with pytest.raises(DataError, match=r"params\.yaml: `train\.dropout` is 0\.3.*0\.2.*dvc repro"):
        observe(workspace.root)


@pytest.mark.fault("kill a stage")
def test_a_torn_lock_is_refused(workspace):
    torn = edit_lock(VARIANT.record.lock_text, "train", "outs", "data/train", "0" * 32 + ".dir")
    (workspace.root / "dvc.lock").write_text(torn)
    with pytest.raises(DataError, match=r"dvc\.lock: `evaluate` has read another data/train"):
        observe(workspace.root)


@pytest.mark.parametrize("path", ["dvc.lock", "params.yaml", "metrics/submit.json"])
def test_a_missing_file_is_named_with_what_helps(workspace, path):
    (workspace.root / path).unlink()
    with pytest.raises(DataError, match=rf"{path}.*dvc repro"):
        observe(workspace.root)
