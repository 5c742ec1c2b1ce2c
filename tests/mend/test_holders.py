"""DVC's own locks, held by real processes."""

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hw1.core.errors import Hw1Error
from hw1.mend import holders
from hw1.mend.holders import HOLDERS, TMP, BusyError, keeping_dvc_out

LOCKING = """
import sys, time
from zc.lockfile import LockFile
lock = LockFile(sys.argv[1])
print("held", flush=True)
time.sleep(600)
"""
SLEEPING = "print('held', flush=True); import time; time.sleep(600)"

pytestmark = pytest.mark.fault("kill a stage")


@contextmanager
def running(program, *words, cwd=None) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def hold(root, pid) -> None:
    info = {"pid": pid, "cmd": "/bin/dvc repro --force"}
    (root / TMP).mkdir(exist_ok=True)
    text = json.dumps({"write": {"data/a": info}, "read": {"src": [info]}})
    (root / HOLDERS).write_text(text)


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize("text", [None, "{}", '{"write": {}, "read": {}}'])
def test_where_nothing_is_wrong_nothing_is_said_or_changed(root, text):
    (root / TMP).mkdir()
    if text is not None:
        (root / HOLDERS).write_text(text)
    with keeping_dvc_out(root, pytest.fail):
        pass
    assert (root / HOLDERS).exists() == (text is not None)


@pytest.mark.parametrize("text", ["", '{"write": {"a"', "[]", '{"read": {"a": [{"pid": 1}]}}'])
def test_a_torn_file_of_holders_is_removed(root, text):
    (root / TMP).mkdir()
    (root / HOLDERS).write_text(text)
    said = []
    with keeping_dvc_out(root, said.append):
        pass
    assert said == [".dvc/tmp/rwlock was torn; removed"]
    assert not (root / HOLDERS).exists()


def test_holders_that_are_gone_are_forgotten(root, gone):
    hold(root, gone)
    said = []
    with keeping_dvc_out(root, said.append):
        pass
    assert said == [".dvc/tmp/rwlock named a process that is gone; removed"]


def test_a_later_process_with_the_number_is_no_holder(root):
    with running(SLEEPING) as later:
        hold(root, later.pid)
        hours_ago = time.time() - 3600
        os.utime(root / HOLDERS, (hours_ago, hours_ago))
        with keeping_dvc_out(root, lambda _: None):
            pass
    assert not (root / HOLDERS).exists()


def test_a_living_holder_is_named_and_left_alone(root):
    with running(SLEEPING) as dvc:
        hold(root, dvc.pid)
        before = (root / HOLDERS).read_text()
        message = rf"^`dvc repro --force` \(process {dvc.pid}\) is at work here; nothing is mended"
        with pytest.raises(BusyError, match=message), keeping_dvc_out(root, pytest.fail):
            pass
        assert (root / HOLDERS).read_text() == before


@pytest.mark.parametrize("lock", holders.LOCKS)
def test_who_holds_a_lock_of_dvc_is_left_alone(root, lock):
    (root / TMP).mkdir()
    (root / HOLDERS).write_text("")  # is written at this moment
    with running(LOCKING, str(root / lock)) as dvc:
        message = rf"^DVC \(process {dvc.pid}\) is at work here"
        with pytest.raises(BusyError, match=message), keeping_dvc_out(root, pytest.fail):
            pass
    assert (root / HOLDERS).read_text() == ""


def test_while_dvc_is_kept_out_it_gets_no_lock(root):
    with keeping_dvc_out(root, pytest.fail):
        for lock in holders.LOCKS:
            command = [sys.executable, "-c", LOCKING, str(root / lock)]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            assert "LockError" in ran.stderr


def test_a_stage_that_dvc_has_left_is_waited_for(root, gone, monkeypatch):
    (root / "stages").mkdir()
    (root / "stages/train.py").write_text("print('held', flush=True); import time; time.sleep(600)")
    hold(root, gone)
    monkeypatch.setattr(holders, "PATIENCE", 0.3)
    command = [sys.executable, "-m", "stages.train"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as stage:
        try:
            assert stage.stdout is not None
            stage.stdout.readline()
            message = f"`kill {stage.pid}` ends it"
            with pytest.raises(BusyError, match=message), keeping_dvc_out(root, pytest.fail):
                pass
        finally:
            stage.kill()
    with keeping_dvc_out(root, lambda _: None):
        pass
    assert not (root / HOLDERS).exists()


def test_no_folder_of_dvc_is_made(tmp_path):
    with pytest.raises(Hw1Error, match=r"holds no \.dvc"), keeping_dvc_out(tmp_path, pytest.fail):
        pass
    assert list(tmp_path.iterdir()) == []


def links(root, value="true"):
    """Have DVC lock by links, for a disk that has no other locks."""
    (root / ".dvc/config").write_text(f"[core]\n    hardlink_lock = {value}\n")


def test_where_dvc_locks_by_links_so_does_this_and_nothing_is_left(root):
    from dvc.lock import LockError, make_lock

    links(root)
    with keeping_dvc_out(root, pytest.fail):
        for path in holders.LOCKS:
            assert (root / path).stat().st_nlink == 2
            lock = make_lock(str(root / path), tmp_dir=str(root / TMP), hardlink_lock=True)
            with pytest.raises(LockError):
                lock.lock(1)
    assert list((root / TMP).iterdir()) == []


def test_a_lock_by_a_link_is_left_to_a_person(root):
    from dvc.lock import make_lock

    links(root)
    (root / TMP).mkdir()
    lock = make_lock(str(root / holders.LOCKS[1]), tmp_dir=str(root / TMP), hardlink_lock=True)
    message = r"^DVC \(if none runs on any machine, `rm \.dvc/tmp/rwlock\.lock`\) is at work here"
    with lock, pytest.raises(BusyError, match=message), keeping_dvc_out(root, pytest.fail):
        pass
    assert list((root / TMP).iterdir()) == []


def test_where_the_setting_is_off_dvc_locks_files(root):
    links(root, "false")
    with keeping_dvc_out(root, pytest.fail):
        assert (root / holders.LOCKS[0]).stat().st_nlink == 1


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_a_disk_without_locks_is_no_process_at_work(root, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, "")

    monkeypatch.setattr("fcntl.flock", refuse)
    message = rf"/\.dvc/tmp/lock cannot be locked \({os.strerror(number)}\); .*hardlink_lock true"
    with pytest.raises(Hw1Error, match=message) as raised, keeping_dvc_out(root, pytest.fail):
        pass
    assert not isinstance(raised.value, BusyError)
