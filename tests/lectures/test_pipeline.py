"""lectures/dvc.yaml: one stage an experiment, wired like the others and to nothing else."""

import pytest
from import_closure import expected_lecture_deps, is_code
from support import ROOT

from hw1.core.sections import read_params
from hw1.lectures.frame.places import PARAMS, metrics_file, page_file, plots_folder

STAGES = read_params(ROOT / "lectures/dvc.yaml")["stages"]


def written_by(stage, kind):
    return {entry if isinstance(entry, str) else next(iter(entry)) for entry in stage[kind]}


@pytest.mark.parametrize("name", STAGES)
def test_code_deps_are_the_closure_of_imports(name):
    assert [dep for dep in STAGES[name]["deps"] if is_code(dep)] == expected_lecture_deps(name), (
        "bring lectures/dvc.yaml up to date: python tests/import_closure.py --write"
    )


@pytest.mark.parametrize("name", STAGES)
def test_an_experiment_has_one_name_everywhere(name):
    stage = STAGES[name]
    assert stage["cmd"] == f"python -m lectures.stages.{name}"
    assert stage["wdir"] == ".."
    (keys,) = (keys[PARAMS.as_posix()] for keys in stage["params"] if PARAMS.as_posix() in keys)
    assert keys[-1] == name
    assert ("data" in keys) == ("data/raw/${data.edition}" in stage["deps"])
    assert written_by(stage, "metrics") == {metrics_file(name).as_posix()}
    assert written_by(stage, "outs") == {page_file(name).as_posix()}
    folder = f"{plots_folder(name).as_posix()}/"
    assert all(path.startswith(folder) for path in written_by(stage, "plots"))


@pytest.mark.parametrize("name", STAGES)
def test_results_are_in_git_and_outlive_a_run_that_is_refused(name):
    for kind in ("outs", "metrics", "plots"):
        for entry in STAGES[name][kind]:
            (settings,) = entry.values()
            assert settings["cache"] is False, entry
            assert settings["persist"] is True, entry


def test_every_script_is_a_stage_and_every_section_a_stages():
    scripts = {path.stem for path in (ROOT / "lectures/stages").glob("*.py")} - {"__init__"}
    assert scripts == set(STAGES)
    assert set(read_params(ROOT / PARAMS)) == {"data", *STAGES}
