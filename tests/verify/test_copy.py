import subprocess

import pytest

from hw1.core.errors import DataError, Hw1Error
from hw1.verify.copy import copy_project, environment

pytestmark = pytest.mark.fault("verify")

TRACKED = {
    ".gitignore": "/data/raw/?*\n/mlflow.db\n/data/train/\n.dvc/config.local\n",
    ".dvc/config": "[core]\n",
    "dvc.yaml": "stages: {train: {cmd: x, outs: [data/train], metrics: [m.json: {cache: false}]}}",
    "params.yaml": "a: 1\n",
    "gone.txt": "",
}
UNTRACKED = {"new.py": "", "dvc.lock": "", "m.json": "{}"}
IGNORED = {
    "data/raw/2022/covid.train.csv": "rows",
    "data/raw/2021/covid.train.csv": "rows",
    "data/train/model.json": "{}",
    "mlflow.db": "runs",
    ".dvc/config.local": "[cache]\n    dir = /elsewhere\n",
}


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "project"
    for name, text in {**TRACKED, **UNTRACKED, **IGNORED}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", *TRACKED], cwd=folder, check=True)
    (folder / "params.yaml").write_text("a: 2\n")
    (folder / "gone.txt").unlink()
    return folder


def test_a_copy_has_the_working_tree_and_raw_data_but_no_results(root, tmp_path):
    copy = tmp_path / "copy"

    copy_project(root, copy, "2022")

    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert {name for name in files if not name.startswith(".git/")} == {
        ".gitignore",
        ".dvc/config",
        ".dvc/config.local",
        "dvc.yaml",
        "params.yaml",
        "new.py",
        "data/raw/2022/covid.train.csv",
    }
    assert (copy / "params.yaml").read_text() == "a: 2\n"
    assert "dir = cache" in (copy / ".dvc/config.local").read_text()


def test_a_variable_of_git_leads_nowhere_else(root, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))

    copy_project(root, tmp_path / "copy", "2022")

    assert (tmp_path / "copy" / "new.py").is_file()


def test_raw_data_that_is_not_there_is_an_error(root, tmp_path):
    with pytest.raises(DataError, match="hw1 fetch 2020"):
        copy_project(root, tmp_path / "copy", "2020")


def test_without_a_repository_there_is_an_error(tmp_path):
    (tmp_path / "data/raw/sample").mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")

    with pytest.raises(Hw1Error, match="not a git repository"):
        copy_project(tmp_path, tmp_path / "copy", "sample")


@pytest.mark.fault("credentials")
def test_no_variable_leads_out_of_a_copy(tmp_path, monkeypatch):
    for name in ("DVC_ROOT", "DVC_EXP_NAME", "MLFLOW_TRACKING_URI", "GIT_DIR"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("HW1_WARM", "1")

    own = environment(tmp_path / "copy", 7)

    assert "/elsewhere" not in own.values()
    assert (own["HW1_WARM"], own["PYTHONHASHSEED"]) == ("0", "7")
    assert own["DVC_SITE_CACHE_DIR"].startswith(str(tmp_path / "copy"))
