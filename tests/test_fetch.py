import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from support import ROOT

from hw1.core.errors import DataError, Hw1Error
from hw1.fetch import fetch_edition
from hw1.ingest.reading import read_edition
from hw1.params.ingest import IngestParams

PIPELINE = f"""\
stages:
  count:
    cmd: >-
      {sys.executable} -c "import pathlib;
      rows = len(pathlib.Path('data/raw/2030/covid.train.csv').read_text().splitlines());
      pathlib.Path('rows.txt').write_text(str(rows))"
    deps: [data/raw/2030]
    outs: [rows.txt]
"""


def call(folder: Path, *command: str) -> str:
    # The queue starts its workers as `dvc`, by name.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def dvc(folder: Path, *arguments: str) -> str:
    return call(folder, sys.executable, "-m", "dvc", *arguments)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A committed git and DVC project with this project's own ignore rules and settings."""
    folder = tmp_path_factory.mktemp("template")
    call(folder, "git", "init", "--quiet")
    call(folder, "git", "config", "user.name", "Student")
    call(folder, "git", "config", "user.email", "student@example.org")
    dvc(folder, "init", "--quiet")
    shutil.copy(ROOT / ".dvc/config", folder / ".dvc/config")
    shutil.copy(ROOT / ".gitignore", folder / ".gitignore")
    (folder / "dvc.yaml").write_text(PIPELINE)
    call(folder, "git", "add", "--all")
    call(folder, "git", "commit", "--quiet", "-m", "start")
    return folder


@pytest.fixture
def project(template, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(template, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_an_edition_is_copied_checked_and_seen_by_dvc_but_not_by_git(project, edition_folder):
    (edition_folder / "notes.txt").write_text("not part of the edition")
    fetched = fetch_edition("2030", edition_folder, project)
    assert fetched.folder == project / "data/raw/2030"
    assert sorted(contents(fetched.folder)) == [
        "covid.test.csv",
        "covid.train.csv",
        "solution.csv",
    ]
    assert len(fetched.edition.train) == 90
    pd.testing.assert_frame_equal(fetched.edition.test, read_edition(fetched.folder).test)
    status = call(project, "git", "status", "--porcelain", "--untracked-files=all").splitlines()
    assert "A  data/raw/2030.dvc" in status
    assert all(line.endswith(("2030.dvc", ".gitignore")) for line in status)
    assert sorted(path.name for path in (project / "data/raw").iterdir() if path.is_dir()) == [
        "2030"
    ]


def test_repro_and_an_experiment_in_a_temporary_folder_see_it(project, edition_folder):
    fetch_edition("2030", edition_folder, project)
    dvc(project, "exp", "run", "--temp", "--name", "apart")
    assert "apart" in dvc(project, "exp", "list", "--name-only").split()
    dvc(project, "repro")
    assert (project / "rows.txt").read_text() == "91"
    paths = call(project, "git", "rev-list", "--objects", "--all")
    assert "data/raw/2030.dvc" in paths
    assert ".csv" not in paths


@pytest.mark.slow
def test_experiments_in_the_queue_and_the_workspace_see_it(project, edition_folder):
    fetch_edition("2030", edition_folder, project)
    dvc(project, "exp", "run", "--queue", "--name", "queued")
    dvc(project, "exp", "run", "--run-all")
    dvc(project, "exp", "run", "--name", "here")
    assert {"queued", "here"} <= set(dvc(project, "exp", "list", "--name-only").split())
    assert ".csv" not in call(project, "git", "rev-list", "--objects", "--all")


def test_fetching_again_changes_nothing(project, edition_folder):
    fetch_edition("2030", edition_folder, project)
    pointer = (project / "data/raw/2030.dvc").read_bytes()
    fetch_edition("2030", project / "data/raw/2030", project)
    assert (project / "data/raw/2030.dvc").read_bytes() == pointer


def test_a_newer_edition_takes_the_place_of_the_earlier(project, edition_folder):
    fetch_edition("2030", edition_folder, project)
    pointer = (project / "data/raw/2030.dvc").read_bytes()
    (edition_folder / "solution.csv").unlink()
    fetch_edition("2030", edition_folder, project)
    assert sorted(contents(project / "data/raw/2030")) == ["covid.test.csv", "covid.train.csv"]
    assert (project / "data/raw/2030.dvc").read_bytes() != pointer


def test_a_zip_and_the_other_file_names_work(project, edition_folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.write(edition_folder / "covid.train.csv", "inner/covid_train.csv")
        archive.write(edition_folder / "covid.test.csv", "inner/covid_test.csv")
    fetched = fetch_edition("2030", tmp_path / "download.zip", project)
    assert sorted(contents(fetched.folder)) == ["covid_test.csv", "covid_train.csv"]


def test_files_that_do_not_fit_leave_the_earlier_edition(project, edition_folder):
    fetch_edition("2030", edition_folder, project)
    before = contents(project / "data/raw/2030")
    train = edition_folder / "covid.train.csv"
    train.write_text(train.read_text().replace("id,", "row,", 1))
    with pytest.raises(DataError, match=r"covid\.train\.csv, line 1, column 1"):
        fetch_edition("2030", edition_folder, project)
    assert contents(project / "data/raw/2030") == before


@pytest.mark.fault("archives")
def test_an_archive_that_is_refused_changes_no_file(
    project, edition_folder, tmp_path, record_property
):
    fetch_edition("2030", edition_folder, project)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    names = (
        "../../../data/raw/2030/covid.train.csv",
        "/covid.train.csv",
        "a/aux",
        "b/covid.train.csv",
    )
    for name in names:
        with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
            archive.write(edition_folder / "covid.train.csv", "covid.train.csv")
            archive.writestr(name, "other")
        with pytest.raises(DataError, match=r"download\.zip"):
            fetch_edition("2030", tmp_path / "download.zip", project)
        assert {p: p.read_bytes() for p in project.rglob("*") if p.is_file()} == before
    record_property("cases", len(names))


@pytest.mark.fault("implausible data")
def test_a_mix_up_is_refused_unless_forced_and_then_told(project, edition_folder):
    fetch_edition("2030", edition_folder, project)
    before = contents(project / "data/raw/2030")
    solution = edition_folder / "solution.csv"
    head, *rows = [line.split(",") for line in solution.read_text().splitlines()]
    wrong = [[number, f"{float(value) / 100}", usage] for number, value, usage in rows]
    solution.write_text("\n".join(",".join(fields) for fields in [head, *wrong]))
    with pytest.raises(DataError, match=r"solution\.csv \(solution\)(.|\n)*hw1 fetch 2030 --force"):
        fetch_edition("2030", edition_folder, project)
    assert contents(project / "data/raw/2030") == before
    shown = call(
        project,
        *(sys.executable, "-c", "from hw1.cli import main; main()"),
        *("fetch", "2030", "--from", str(edition_folder), "--force"),
    )
    assert "NOT PLAUSIBLE (solution)" in shown
    assert "-S ingest.edition=2030 -S 'ingest.accept=[solution]'" in shown
    assert contents(project / "data/raw/2030") != before


def test_when_dvc_fails_the_earlier_edition_and_its_pointer_come_back(project, edition_folder):
    fetch_edition("2030", edition_folder, project)
    before, pointer = contents(project / "data/raw/2030"), project / "data/raw/2030.dvc"
    pointed = pointer.read_bytes()
    (edition_folder / "solution.csv").unlink()
    (project / ".dvc/config").write_text("no DVC settings")
    with pytest.raises(Hw1Error, match="DVC cannot track data/raw/2030"):
        fetch_edition("2030", edition_folder, project)
    assert contents(project / "data/raw/2030") == before
    assert pointer.read_bytes() == pointed
    assert len(list((project / "data/raw").glob(".2030*"))) == 0


def test_outside_a_dvc_project_nothing_is_left_behind(tmp_path, edition_folder):
    with pytest.raises(Hw1Error, match="is no DVC project"):
        fetch_edition("2030", edition_folder, tmp_path)
    assert not (tmp_path / "data").exists()


def test_files_that_git_tracks_are_refused(project, edition_folder):
    shutil.copytree(edition_folder, project / "data/raw/2030")
    call(project, "git", "add", "--force", "data/raw/2030")
    with pytest.raises(Hw1Error, match=r"git tracks data/raw/2030/covid"):
        fetch_edition("2030", edition_folder, project)


def test_the_sample_is_never_replaced(project, edition_folder):
    with pytest.raises(Hw1Error, match="sample"):
        fetch_edition("sample", edition_folder, project)


@pytest.mark.parametrize("name", ["../2022", "a/b", "", ".hidden", "-x", "20 22"])
def test_a_name_that_is_no_folder_name_is_refused_as_params_do(project, edition_folder, name):
    with pytest.raises(Hw1Error, match="cannot name an edition"):
        fetch_edition(name, edition_folder, project)
    split = {"method": "forward", "fraction": 0.2, "folds": 3, "seed": 0}
    with pytest.raises(ValueError, match="edition"):
        IngestParams.model_validate({"edition": name, "split": split})


def test_a_missing_source_is_named(project, tmp_path):
    with pytest.raises(DataError, match="nowhere does not exist"):
        fetch_edition("2030", tmp_path / "nowhere", project)


def test_an_edition_that_is_no_year_needs_a_source_or_a_competition(project):
    with pytest.raises(Hw1Error, match="`spring` is no year"):
        fetch_edition("spring", None, project)
