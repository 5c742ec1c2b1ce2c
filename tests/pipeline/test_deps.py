"""dvc.yaml names exactly the code that a stage runs: nothing stale is reused or rerun in vain."""

import pytest
from dvc.repo import Repo
from import_closure import closure, expected_code_deps, folded, is_code
from support import ROOT

from hw1.core.sections import read_params
from hw1.lineage.lock import STAGES as VARIANT_STAGES

STAGES = read_params(ROOT / "dvc.yaml")["stages"]
DIGEST = "data/check/digest.json"
SOURCES = {"data/raw/${ingest.edition}", "variants.yaml"}
CHECKED = "params.yaml"


@pytest.mark.parametrize("stage", STAGES)
def test_code_deps_are_the_closure_of_imports(stage):
    named = [dep for dep in STAGES[stage]["deps"] if is_code(dep)]
    assert named == expected_code_deps(stage), (
        "bring dvc.yaml up to date: python tests/import_closure.py --write"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_one_name_everywhere(stage):
    assert STAGES[stage]["cmd"] == f"python -m stages.{stage}"
    assert (ROOT / "stages" / f"{stage}.py").is_file()


def written_by(stage):
    for kind in ("outs", "metrics", "plots"):
        for entry in STAGES[stage].get(kind, []):
            yield entry if isinstance(entry, str) else next(iter(entry))


def test_track_names_all_that_tells_one_variant_from_another():
    """Else a variant would come to be without being published."""
    written = {path for stage in VARIANT_STAGES for path in written_by(stage)}
    data = {dep for dep in STAGES["track"]["deps"] if not is_code(dep)}
    # the digest changes with any parameter
    assert data == written | SOURCES | {DIGEST}
    assert {"src/hw1", "stages"} <= set(STAGES["track"]["deps"])


@pytest.mark.parametrize("folder", ["src/hw1", "stages"])
def test_dvc_sees_all_code_in_a_folder(folder):
    """.dvcignore hides what is no code; a folder without files would never change."""
    with Repo(str(ROOT)) as repo:
        seen = set(repo.dvcignore.find(repo.fs, str(ROOT / folder)))
    assert {path for path in seen if path.endswith(".py")} == {
        str(path) for path in (ROOT / folder).rglob("*.py")
    }


def test_every_script_is_a_stage():
    scripts = {path.stem for path in (ROOT / "stages").glob("*.py")} - {"__init__"}
    assert scripts == set(STAGES)


def test_closure_follows_imports_of_every_form(tmp_path):
    files = {
        "stages/__init__.py": "",
        "stages/a.py": "import json\nfrom hw1 import b\nfrom hw1.c.d import e\n",
        "src/hw1/__init__.py": "",
        "src/hw1/b.py": "def late():\n    from hw1 import f\n",
        "src/hw1/c/__init__.py": "from . import g\n",
        "src/hw1/c/d.py": "from .g import name\n",
        "src/hw1/c/g.py": "name = 1\n",
        "src/hw1/f.py": "",
        "src/hw1/unused.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert closure("stages.a", tmp_path) == sorted(set(files) - {"src/hw1/unused.py"})


def test_no_stage_depends_on_code_that_only_later_stages_run():
    """Else a change of evaluation would train again."""
    run: set[str] = set()
    for stage in VARIANT_STAGES:
        run |= set(closure(f"stages.{stage}"))
        for dep in filter(is_code, STAGES[stage]["deps"]):
            path = ROOT / dep
            files = [path] if path.is_file() else path.rglob("*.py")
            assert {file.relative_to(ROOT).as_posix() for file in files} <= run, (stage, dep)


def test_only_folders_that_are_run_whole_are_named_as_folders(tmp_path):
    whole = ["src/a/__init__.py", "src/a/b.py", "src/a/deeper/c.py"]
    part = ["src/d/__init__.py", "src/d/e.py"]
    more = ["src/d/unused.py", "src/f.py", "src/a/__pycache__/b.pyc", "src/a/page.css"]
    for name in [*whole, *part, *more]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert folded([*whole, *part], set(), tmp_path) == ["src/a", *part]
    # a stage before it runs the rest of the folder
    assert folded([*whole, *part], {"src/d/unused.py"}, tmp_path) == ["src/a", "src/d"]


def test_no_stage_reads_what_no_stage_writes():
    assert CHECKED in STAGES["check"]["deps"]
    written = {*SOURCES, CHECKED}
    for name, stage in STAGES.items():
        data = {dep for dep in stage["deps"] if not is_code(dep)}
        assert data <= written, data - written
        written |= set(written_by(name))
