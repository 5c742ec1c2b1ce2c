import json
import subprocess
import sys

import pytest

from hw1.board.leaderboard import read_leaderboard


def test_the_edition_and_split_in_use_are_the_default(project, variant):
    project.record(variant("a", method="blocks"))
    project.record(variant("b"))
    project.record(variant("c", edition="2021"))
    board = read_leaderboard(project.root)
    assert (board.edition, board.metric) == ("sample", "mse")
    assert [section.method for section in board.sections] == ["forward", "blocks"]
    other = read_leaderboard(project.root, "2021")
    assert (other.metric, len(other.sections)) == ("rmse", 1)


def test_it_is_json(project, variant):
    for each in (variant("a", test=1.5), variant("a", 1.2, seed=7), variant("b", 2.0)):
        project.record(each)
    content = json.loads(json.dumps(read_leaderboard(project.root).to_dict(), allow_nan=False))
    first, second = content["sections"][0]["rows"]
    assert (first["variant"], first["runs"], first["seeds"]) == ("a", 2, [0, 7])
    assert (first["against_best"], first["difference"], first["test"]) == ("best", None, 1.5)
    assert second["against_best"] == "worse"
    assert second["difference"]["low"] > 0
    assert content["not_run"] == ["default"]


def test_a_shipped_variant_that_ran_is_not_missing(project, variant):
    (project.root / "variants.yaml").write_text(
        "b: {about: one, set: {train.model: b}}\nc: {about: two, set: {train.model: c}}\n"
    )
    content = json.loads((project.root / "params.yaml").read_text())
    content["train"] |= {"seed": 0, "model": "linear"}
    (project.root / "params.yaml").write_text(json.dumps(content))
    project.git("commit", "-qam", "seed")
    project.record(variant("b"))
    assert read_leaderboard(project.root).missing == ("default", "c")


@pytest.mark.fault("older files")
def test_a_variant_from_before_there_were_tasks_is_a_regression(project, variant):
    (project.root / "variants.yaml").write_text(
        "b: {about: one, set: {train.model: b}}\n"
        "p: {about: two, set: {train.model: b, train.task: classification}}\n"
    )
    project.record(variant("b"))
    content = json.loads((project.root / "params.yaml").read_text())
    content["train"] |= {"seed": 0, "model": "linear", "task": "regression"}
    (project.root / "params.yaml").write_text(json.dumps(content))
    project.git("commit", "-qam", "tasks")
    assert read_leaderboard(project.root).missing == ("default", "p")


def test_neither_mlflow_nor_its_server_is_needed(project, variant):
    project.record(variant("a"))
    program = (
        "import sys; from hw1.cli import main\n"
        "try: main()\n"
        "finally: print('mlflow' in sys.modules, file=sys.stderr)\n"
    )
    path = ":".join(entry for entry in sys.path if entry)
    (project.root / "dvc.yaml").write_text("stages: {}\n")
    ran = subprocess.run(
        [sys.executable, "-c", program, "leaderboard"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": path, "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"},
    )
    assert "split forward" in ran.stdout, ran.stderr
    assert ran.stderr.strip() == "False"
