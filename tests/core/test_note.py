import json
import time

import psutil
import pytest

from hw1.core.note import NOTES, note_path, note_stage


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("train: {}\n")
    return tmp_path


def test_a_stage_notes_the_seconds_of_its_process(folder, monkeypatch):
    monkeypatch.setenv("DVC_STAGE", "train")
    note_stage()
    note = json.loads(note_path("train").read_text())
    assert note["seconds"] == pytest.approx(time.time() - psutil.Process().create_time(), abs=0.5)


def test_outside_dvc_there_is_nothing_to_note(folder, monkeypatch):
    monkeypatch.delenv("DVC_STAGE", raising=False)
    note_stage()
    assert not NOTES.exists()
