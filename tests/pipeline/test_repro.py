import json

import pytest
from pipeline_support import ran_stages


def test_all_stages_run_to_a_submission(finished):
    for path in (
        "data/submit/submission.csv",
        "metrics/evaluate.json",
        "metrics/submit.json",
        "metrics/train/curve.csv",
        "data/track/variant.json",
    ):
        assert (finished.root / path).is_file(), path
    lines = finished.text("data/submit/submission.csv").splitlines()
    assert lines[0] == "id,tested_positive"
    assert [line.split(",")[0] for line in lines[1:]] == [str(row) for row in range(18)]
    assert finished.git("status", "--porcelain") == ""


def test_a_second_repro_runs_nothing(finished):
    assert "up to date" in finished.dvc("repro").stdout
    assert finished.dvc("status", "dvc.yaml").stdout.strip() == "Data and pipelines are up to date."


@pytest.mark.fault("threads")
def test_a_forced_rerun_gives_the_same_bytes(project):
    before = project.text("dvc.lock")
    output = project.dvc("repro", "--force").stdout
    assert len(ran_stages(output)) == 7
    assert project.text("dvc.lock") == before
    assert project.git("status", "--porcelain") == ""


def test_an_evaluation_parameter_retrains_nothing(project):
    project.edit("params.yaml", "levels: 5", "levels: 4")
    assert ran_stages(project.dvc("repro").stdout) == ["check", "evaluate", "track"]


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("src/hw1/evaluation/report.py", "evaluate"),
        ("src/hw1/submission.py", "submit"),
        ("stages/train.py", "train"),
        ("src/hw1/features/selection.py", "features"),
    ],
)
def test_code_reruns_only_its_own_stages(project, path, first):
    with (project.root / path).open("a") as stream:
        stream.write("# a remark\n")
    order = ["check", "ingest", "features", "train", "evaluate", "submit", "track"]
    stages = ran_stages(project.dvc("repro").stdout)
    assert stages[0] == first
    assert not set(stages) & set(order[: order.index(first)])


def test_what_lies_beside_the_code_reruns_nothing(project):
    for name in ("notes.txt", ".base.py.swp", "__pycache__/base.cpython-311.pyc"):
        path = project.root / "src/hw1/fitted" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("no code")
    assert project.dvc("status", "dvc.yaml").stdout.strip() == "Data and pipelines are up to date."


def test_a_refused_csv_file_leaves_earlier_outputs_as_they_were(project):
    kept = ["data/ingest/train.parquet", "data/submit/submission.csv", "metrics/ingest.json"]
    before = [(project.root / path).read_bytes() for path in kept]
    file = project.root / "data/raw/sample/covid.train.csv"
    lines = file.read_text().splitlines()
    lines[5] = lines[5].rpartition(",")[0] + ",143.0"
    file.write_text("\n".join(lines))
    ran = project.dvc("repro", check=False)
    assert ran.returncode != 0
    assert "covid.train.csv, line 6, column 13 (`tested_positive`) holds 143" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [(project.root / path).read_bytes() for path in kept] == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("epochs: 2", "epochs: two", "`train.epochs` should be a valid integer"),
        ("  model: mlp", "  modle: mlp", "unknown key `train.modle`; did you mean `train.model`"),
        ("edition: sample", "edition: 2050", "hw1 fetch 2050 --from FOLDER"),
    ],
)
def test_wrong_parameters_stop_before_any_stage(project, old, new, message):
    before = project.text("dvc.lock")
    project.edit("params.yaml", old, new)
    ran = project.dvc("repro", check=False)
    assert ran.returncode != 0
    assert message in ran.stderr
    assert ran_stages(ran.stdout) in ([], ["check"])
    assert project.text("dvc.lock") == before
    assert (project.root / "data/submit/submission.csv").is_file()


def test_metrics_are_plain_numbers_for_dvc(finished):
    shown = json.loads(finished.dvc("metrics", "show", "--json").stdout)
    metrics = shown[""]["data"]
    assert metrics["metrics/evaluate.json"]["data"]["valid"]["mse"] > 0
