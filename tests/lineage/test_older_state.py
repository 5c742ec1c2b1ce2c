"""What an older or another version has left in `.dvc/tmp/hw1` is in nobody's way."""

import shutil
import socket

import psutil
import pytest
from tracking_support import fabricate

from hw1.core.note import note_stage
from hw1.lineage.announce import announced_training, training_in
from hw1.lineage.history import History
from hw1.lineage.observe import keep_workspace, observe
from hw1.lineage.warm import SOCKET, remember_published, spawn_publisher, start_publisher

pytestmark = pytest.mark.fault("older files")

VARIANT = fabricate()
FILES = (
    "warm.sock",
    "published",
    "stages/train.json",
    "stages/stage_of_old.json",
    "training.json",
    "revisions-1.json",
    "something.else",
)


@pytest.fixture
def workspace(project):
    project.write(VARIANT)
    return project


def test_a_variant_is_noted_recorded_and_found(workspace, monkeypatch):
    for name in FILES:
        path = workspace.root / ".dvc/tmp/hw1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('["of", "another", "layout"]')
    assert training_in(workspace.root) is None
    monkeypatch.setenv("DVC_STAGE", "train")
    start_publisher()
    remember_published()
    with announced_training():
        assert training_in(workspace.root) is not None
    assert training_in(workspace.root) is None
    note_stage()
    record = observe(workspace.root)
    assert record.stages["train"].ran
    keep_workspace(workspace.root)
    (traces,) = History(workspace.root).traces().values()
    assert traces.recorded
    assert History(workspace.root).record(traces).variant == VARIANT.record.variant


def test_a_socket_of_a_publisher_that_is_gone_is_taken_over(workspace):
    SOCKET.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(SOCKET))
    with spawn_publisher(psutil.Process()) as process:
        process.kill()
    assert SOCKET.exists()
    shutil.rmtree(SOCKET.parent)
