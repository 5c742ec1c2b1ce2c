import subprocess
import sys

import pytest
from support import ROOT


def hw1(*words, folder=ROOT):
    program = "from hw1.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command():
    shown = hw1("--help").stdout
    for command in (
        "fetch",
        "run",
        "repro",
        "mend",
        "variants",
        "summary",
        "check",
        "verify",
        "simulate",
        "leaderboard",
        "ui",
    ):
        assert command in shown


def test_lists_the_shipped_variants():
    shown = hw1("variants").stdout
    assert "sample_code" in shown
    assert "default" in shown


def test_simulate_writes_an_edition(tmp_path):
    shown = hw1("simulate", str(tmp_path / "new"), "--seed", "0").stdout.split()
    assert [line.rpartition("/")[2] for line in shown] == [
        "covid.train.csv",
        "covid.test.csv",
        "solution.csv",
    ]
    for name in ("covid.train.csv", "covid.test.csv", "solution.csv"):
        committed = ROOT / "data" / "raw" / "sample" / name
        assert (tmp_path / "new" / name).read_bytes() == committed.read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "lassso"], "no variant `lassso` in variants.yaml; did you mean `lasso`?"),
        (["run", "lasso", "-S", "train.epoch=3"], "did you mean `train.epochs`?"),
        (["fetch", "2022", "--from", "nowhere"], "nowhere does not exist"),
        (["fetch", "sample", "--from", "data"], "choose another name"),
        (["simulate", "/proc/nothing"], "error: /proc/nothing"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_1(words, message):
    ran = hw1(*words)
    assert ran.returncode == 1
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr


def test_says_what_to_run_where_there_are_no_results(tmp_path):
    ran = hw1("summary", folder=tmp_path)
    assert ran.returncode == 1
    assert "`dvc repro` makes it" in ran.stderr


@pytest.mark.parametrize("command", ["repro", "mend"])
def test_a_folder_with_a_pipeline_of_its_own_is_no_project(tmp_path, command):
    (tmp_path / "lectures").mkdir()
    (tmp_path / "lectures/dvc.yaml").write_text("stages: {}\n")
    ran = hw1(command, folder=tmp_path / "lectures")
    assert ran.returncode == 1
    assert "lectures holds no .dvc/config; start `hw1` in the project's folder" in ran.stderr
    assert [path.name for path in (tmp_path / "lectures").iterdir()] == ["dvc.yaml"]
