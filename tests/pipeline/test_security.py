"""What a whole run leaves on disk."""

import subprocess

import pytest
from pickle_scan import find_pickles, pickles_in, scanned_files
from support import ROOT


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@pytest.mark.fault("pickle")
def test_no_file_of_a_run_is_a_pickle(finished, record_property):
    """Data, metrics, models, MLflow's store and artifacts, DVC's cache, git's objects."""
    files = list(scanned_files(finished.root))
    written = {path.relative_to(finished.root).parts[0] for path in files}
    assert {"data", "metrics", "mlartifacts", "mlflow.db", ".dvc", ".git"} <= written
    assert list(find_pickles(finished.root)) == []
    record_property("cases", len(files))


@pytest.mark.fault("pickle")
def test_no_file_of_the_repository_is_a_pickle(record_property):
    """The lectures' results among them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    listing = listed.stdout.decode().split("\0")
    names = [name for name in listing if name and (ROOT / name).is_file()]
    assert any(name.startswith("lectures/plots/") for name in names)
    for name in names:
        assert list(pickles_in((ROOT / name).read_bytes(), name)) == []
    record_property("cases", len(names))
