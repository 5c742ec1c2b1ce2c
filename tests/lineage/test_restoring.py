import json
import shlex

import pytest
from tracking_support import fabricate

from hw1.lineage.git import Experiment
from hw1.lineage.history import Traces
from hw1.lineage.restoring import listed, restore_command

VARIANT = fabricate()
ONE = Experiment("early", "1" * 40, "b" * 40)
TWO = Experiment("later", "2" * 40, "b" * 40)


def command(variant, **traces):
    found = Traces(variant.record.variant.label, **traces) if traces else None
    return restore_command(variant.record, found)


def test_inside_an_experiment_it_is_the_experiments_name():
    made = VARIANT.known(experiment="mine", baseline="b" * 40, changed=("stages/train.py",))
    assert command(made) == "dvc exp apply mine"


def test_an_experiment_that_is_still_there_comes_first():
    made = VARIANT.known(experiment="removed")
    assert command(made, experiments=(ONE, TWO), commits=("c" * 40,)) == "dvc exp apply early"


def test_a_commit_comes_second():
    made = VARIANT.known(experiment="removed", changed=("stages/train.py",))
    assert (
        command(made, commits=("c" * 40, "d" * 40))
        == "git stash && git checkout ccccccc && dvc checkout"
    )


def test_a_clean_commit_makes_it_again():
    assert (
        command(VARIANT.known(commit="a" * 40)) == "git stash && git checkout aaaaaaa && dvc repro"
    )


def test_changed_parameters_are_given_to_the_commits_experiment(project):
    commit = project.git("rev-parse", "HEAD")
    made = fabricate(dropout=0.3).known(commit=commit, changed=("params.yaml",))
    said = f"git stash && git checkout {commit[:7]} && dvc exp run -S train.dropout=0.3"
    assert command(made) == said
    assert command(made.known(experiment="removed"), recorded=True) == said


@pytest.mark.parametrize(
    ("section", "key", "value", "override"),
    [
        ("ingest", "edition", "2022", "ingest.edition=2022"),
        ("features", "k", 16, "features.k=16"),
        ("features", "names", ["cli_*", "ili"], 'features.names=["cli_*","ili"]'),
        ("train", "model", "lasso", "train.model=lasso"),
        ("train", "dropout", 1e-05, "train.dropout=1e-05"),
        ("train", "dropout", None, "train.dropout=null"),
    ],
)
def test_values_of_every_type_are_given(project, section, key, value, override):
    params = json.loads(VARIANT.record.params_text)
    params[section][key] = value
    commit = project.git("rev-parse", "HEAD")
    made = VARIANT.known(params_text=json.dumps(params), commit=commit, changed=("params.yaml",))
    assert (
        command(made)
        == f"git stash && git checkout {commit[:7]} && dvc exp run -S {shlex.quote(override)}"
    )


def test_a_search_is_no_part_of_it(project):
    params = json.loads(VARIANT.record.params_text) | {"sweep": {"trials": 7}}
    commit = project.git("rev-parse", "HEAD")
    made = VARIANT.known(params_text=json.dumps(params), commit=commit, changed=("params.yaml",))
    assert command(made) == f"git stash && git checkout {commit[:7]} && dvc exp run"


def test_code_that_is_in_no_commit_cannot_be_restored():
    made = VARIANT.known(commit="a" * 40, changed=("params.yaml", "stages/train.py"))
    assert command(made) == (
        "none: stages/train.py had changes that are in no commit; "
        "its params.yaml is among the artifacts"
    )


def test_without_git_there_is_nothing_to_restore_from():
    assert command(VARIANT.known(commit=None)).startswith("none: it was made outside git")


def test_a_long_list_is_cut():
    assert listed([]) == ""
    assert listed(list("abcde")) == "a, b, c, d, e"
    assert listed(list("abcdefg")) == "a, b, c, d, e and 2 more"
