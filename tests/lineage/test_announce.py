import json
import os
import signal
import subprocess
import sys

import pytest

from hw1.lineage.announce import ANNOUNCEMENT, announced_training, training_in, training_key

KILLED = "import os, signal; from hw1.lineage.announce import announced_training as a\n" + (
    "with a(): os.kill(os.getpid(), signal.SIGKILL)"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("train: {seed: 1}\n")
    return tmp_path


def test_it_holds_as_long_as_the_training_goes_on(folder):
    assert not training_in(folder)
    with announced_training():
        assert training_in(folder)
    assert not training_in(folder)


def test_an_error_ends_it(folder):
    with pytest.raises(ValueError, match="diverged"), announced_training():
        raise ValueError("diverged")
    assert not training_in(folder)


@pytest.mark.fault("kill a stage")
def test_a_killed_training_does_not_go_on(folder):
    ran = subprocess.run([sys.executable, "-c", KILLED], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert (folder / ANNOUNCEMENT).is_file()
    assert not training_in(folder)


def test_another_process_of_the_same_number_is_not_the_training(folder):
    with announced_training():
        said = json.loads((folder / ANNOUNCEMENT).read_text())
        assert said["pid"] == os.getpid()
        (folder / ANNOUNCEMENT).write_text(json.dumps(said | {"started": said["started"] - 60}))
        assert not training_in(folder)


@pytest.mark.fault("older files")
@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "1", "started": 0}', '{"pid": -5}'])
def test_a_damaged_announcement_is_none(folder, text):
    with announced_training():
        (folder / ANNOUNCEMENT).write_text(text)
        assert not training_in(folder)


def test_a_training_is_told_by_its_parameters():
    key = training_key("train: {seed: 1}\n")
    assert training_key("train: {seed: 1}\n") == key
    assert training_key("train: {seed: 2}\n") != key
