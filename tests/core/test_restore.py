import os
import subprocess
import sys

import pytest

from hw1.core.restore import _overridden_keys

COMMITTED = "a: 1  # one\nb:\n  c: 2\n  d: 3\n"
OTHER = "f: 6  # six\n"


@pytest.fixture
def workspace(tmp_path):
    """A git folder whose params.yaml is committed, and another file of parameters."""
    (tmp_path / "params.yaml").write_text(COMMITTED)
    (tmp_path / "lectures").mkdir()
    (tmp_path / "lectures/params.yaml").write_text(OTHER)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=n", "-c", "user.email=e@localhost", "commit", "-qm", "first"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def restore_under(workspace, words, root=None):
    """Run `restore_params` below a process whose command line is that of `dvc exp run`."""
    child = (
        "from hw1.core.restore import restore_params\n"
        "print({path.as_posix(): keys for path, keys in restore_params().items()})"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    environment = os.environ | {"DVC_ROOT": str(root or workspace), "DVC_EXP_NAME": "name"}
    ran = subprocess.run(
        [sys.executable, "-c", parent, "exp", "run", *words],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def test_a_clean_file_comes_back_byte_for_byte(workspace):
    params = workspace / "params.yaml"
    params.write_text("a: 1\nb:\n  c: 5\n  d: 3\n  e: 7\n")
    assert restore_under(workspace, ["-S", "b.c=5", "-S", "b.e=7"]) == (
        "{'params.yaml': ['b.c', 'b.e']}"
    )
    assert params.read_text() == COMMITTED


def test_a_section_that_an_override_made_goes_too(workspace):
    params = workspace / "params.yaml"
    params.write_text(COMMITTED + "x:\n  y:\n    z: 1\n")
    restore_under(workspace, ["-S", "+x.y.z=1"])
    assert params.read_text() == COMMITTED


def test_edits_by_hand_survive(workspace):
    params = workspace / "params.yaml"
    params.write_text("a: 100  # mine\nb:\n  c: 5\n  d: 3\n  e: 7\n")
    restore_under(workspace, ["--set-param", "b.c=5", "-Sparams.yaml:b.e=7"])
    assert params.read_text() == "a: 100  # mine\nb:\n  c: 2\n  d: 3\n"


def test_the_last_accepted_file_comes_before_the_committed_one(workspace):
    copy = workspace / ".dvc" / "tmp" / "hw1" / "params.yaml"
    copy.parent.mkdir(parents=True)
    copy.write_text("a: 50\nb:\n  c: 2\n  d: 3\n")
    (workspace / "params.yaml").write_text("a: x\nb:\n  c: 2\n  d: 3\n")
    restore_under(workspace, ["-S", "a=x"])
    assert (workspace / "params.yaml").read_text() == copy.read_text()


def test_another_file_of_parameters_comes_back_too(workspace):
    params, other = workspace / "params.yaml", workspace / "lectures/params.yaml"
    params.write_text(COMMITTED.replace("1", "100"))
    other.write_text("f: x\n")
    told = restore_under(workspace, ["-S", "lectures/params.yaml:f=x"])
    assert told == "{'lectures/params.yaml': ['f']}"
    assert other.read_text() == OTHER
    assert params.read_text() == COMMITTED.replace("1", "100")


@pytest.mark.fault("unsafe YAML")
@pytest.mark.parametrize("text", ["a: [1", "[" * 50_000, "a: !!python/name:os.system\n"])
def test_a_text_that_holds_no_parameters_is_left_alone(workspace, text):
    params = workspace / "params.yaml"
    params.write_text(text)
    assert restore_under(workspace, ["-S", "a=2"]) == "{}"
    assert params.read_text() == text


def test_a_file_without_an_earlier_text_is_left_alone(workspace):
    (workspace / "new.yaml").write_text("g: x\n")
    assert restore_under(workspace, ["-S", "new.yaml:g=x"]) == "{}"
    assert (workspace / "new.yaml").read_text() == "g: x\n"


def test_a_temporary_folder_is_left_alone(workspace, tmp_path_factory):
    params = workspace / "params.yaml"
    params.write_text("a: x\n")
    elsewhere = tmp_path_factory.mktemp("root")
    assert restore_under(workspace, ["-S", "a=x"], root=elsewhere) == "{}"
    assert params.read_text() == "a: x\n"


def test_reads_every_form_of_an_override():
    command = ["dvc", "exp", "run", "-S", "a.b=1", "--set-param=+c=2", "-S", "~d", "-Sx.yaml:e=1"]
    found = {path.as_posix(): keys for path, keys in _overridden_keys(command).items()}
    assert found == {"params.yaml": ["a.b", "c", "d"], "x.yaml": ["e"]}
