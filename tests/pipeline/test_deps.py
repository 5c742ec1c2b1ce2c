"""dvc.yaml names exactly the code that a stage runs: nothing stale is reused or rerun in vain."""

import pytest
from import_closure import closure, expected_code_deps, is_code
from support import ROOT

from hw1.params.base import read_params
from hw1.tracking.publish import ARTIFACT_FILES, RESULTS

STAGES = read_params(ROOT / "dvc.yaml")["stages"]


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


def test_track_names_every_file_that_it_publishes():
    published = {path.as_posix() for path in (*RESULTS, *ARTIFACT_FILES)} - {"params.yaml"}
    assert published == {dep for dep in STAGES["track"]["deps"] if not is_code(dep)}


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


def test_no_stage_reads_what_no_stage_writes():
    written = {"data/raw/${ingest.edition}"}
    for stage in STAGES.values():
        data = {dep for dep in stage["deps"] if not is_code(dep)}
        assert data <= written, data - written
        for kind in ("outs", "metrics", "plots"):
            for entry in stage.get(kind, []):
                written.add(entry if isinstance(entry, str) else next(iter(entry)))
