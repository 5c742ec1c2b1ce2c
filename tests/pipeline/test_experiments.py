import json
import shutil

import pytest
from pipeline_support import ran_stages


def experiments(project):
    """Parameters and metrics of every experiment, by name."""
    shown = json.loads(project.dvc("exp", "show", "--json").stdout)
    found = {}
    for baseline in shown:
        for experiment in baseline["experiments"] or []:
            found[experiment["name"]] = experiment["revs"][0]["data"]
    return found


def param(data, *path):
    value = data["params"]["params.yaml"]["data"]
    for part in path:
        value = value[part]
    return value


def test_a_variant_by_set_param(project):
    output = project.dvc(
        "exp", "run", "-n", "mine",
        "-S", "train.optimizer.name=sgd",
        "-S", "train.optimizer.learning_rate=1e-5",
        "-S", "train.hidden=[6,4]",
        "-S", "features.k=3",
    ).stdout  # fmt: skip
    assert ran_stages(output)[0] == "check"
    mine = experiments(project)["mine"]
    assert param(mine, "train", "hidden") == [6, 4]
    features = json.loads(project.text("metrics/features.json"))
    assert features["count"] == 3
    assert len(features["selected"]) == 3


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("train.optimzer.name=sgd", "Key 'optimzer' is not in struct"),  # DVC's own refusal
        ("+train.optimzer.name=sgd", "`train.optimzer`; did you mean `train.optimizer`"),
        ("train.epochs=many", "`train.epochs` should be a valid integer, not 'many'"),
        ("train.model=mpl", "`train.model` cannot be 'mpl'; did you mean `mlp`"),
        ("features.k=1000", "`features.k`: cannot keep 1000 features"),
    ],
)
def test_a_wrong_set_param_fails_at_once_and_changes_nothing(project, override, message):
    ran = project.dvc("exp", "run", "-S", override, check=False)
    assert ran.returncode != 0
    assert message in ran.stdout + ran.stderr
    assert set(ran_stages(ran.stdout)) <= {"check", "features"}
    changed = project.git("status", "--porcelain").split()
    assert changed in ([], ["M", "dvc.lock"])  # the lock's entry of the check that has passed
    assert (project.root / "data/features/features.json").is_file()
    assert project.git("branch", "--show-current").strip() == "main"
    assert project.dvc("exp", "list").stdout == ""


def test_a_queued_grid_runs_the_code_it_was_queued_with(project):
    """Each runs in a folder of its own; code edited after queueing must not leak into it."""
    project.dvc("exp", "run", "--queue", "-S", "features.k=1,2")
    code = "src/hw1/submission.py"
    project.edit(code, "DECIMALS = 6", "DECIMALS = 3")
    project.dvc("exp", "run", "--run-all", "-j", "2")
    project.git("checkout", "-q", "--", code)
    done = experiments(project)
    counts = {
        param(data, "features", "k"): data["metrics"]["metrics/features.json"]["data"]["count"]
        for data in done.values()
    }
    assert counts == {1: 1, 2: 2}
    assert project.git("status", "--porcelain") == ""
    project.dvc("exp", "apply", sorted(done)[0])
    value = project.text("data/submit/submission.csv").splitlines()[1].split(",")[1]
    assert len(value.split(".")[1]) == 6


@pytest.mark.slow
def test_a_fetched_edition_is_seen_everywhere(project, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(project.root / "data/raw/sample", source)
    project.run("hw1", "fetch", "2099", "--from", str(source))
    assert "covid.train.csv" not in project.git("ls-files", "data/raw/2099")
    project.dvc("exp", "run", "--temp", "-n", "apart", "-S", "ingest.edition=2099")
    audited = experiments(project)["apart"]["metrics"]["metrics/ingest.json"]["data"]
    assert str(audited["edition"]) == "2099"
    project.edit("params.yaml", "edition: sample", "edition: 2099")
    assert ran_stages(project.dvc("repro", "ingest").stdout) == ["check", "ingest"]
