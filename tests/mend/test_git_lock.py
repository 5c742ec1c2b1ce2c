import os
import shutil
import subprocess
import sys
import time
from threading import Timer

import psutil
import pytest

from hw1.core.errors import Hw1Error
from hw1.mend import git_lock
from hw1.mend.command import mend
from hw1.mend.git_lock import mend_git_lock, old_git_lock
from hw1.mend.holders import keeping_dvc_out

pytestmark = pytest.mark.fault("kill a stage")


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """No test waits for long."""
    monkeypatch.setattr(git_lock, "NEW", 0.5)


@pytest.fixture
def lock(root):
    """A lock of git's index."""
    path = root / ".git/index.lock"
    path.touch()
    return path


@pytest.mark.parametrize("hours", [-48, 0, 48])
def test_a_lock_that_nobody_has_is_removed_after_a_moment(root, lock, hours):
    """Whatever time its disk's clock has given it."""
    os.utime(lock, (time.time() + hours * 3600,) * 2)
    began = time.monotonic()
    assert mend_git_lock(old_git_lock(root)) == f"{lock} was left by a killed process; removed"
    assert time.monotonic() - began > 0.3  # another program may have it for a moment
    assert not lock.exists()
    assert mend_git_lock(old_git_lock(root)) is None


@pytest.mark.parametrize("hours", [-48, 0])
def test_a_lock_that_git_has_stays(root, lock, tmp_path_factory, hours):
    os.utime(lock, (time.time() + hours * 3600,) * 2)  # where the clocks differ
    program = tmp_path_factory.mktemp("bin") / "git"
    program.symlink_to(sys.executable)
    command = [program, "-S", "-c", "import time; print(flush=True); time.sleep(600)"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as git:
        try:
            assert git.stdout.readline()
            if psutil.Process(git.pid).name() != "git":
                pytest.skip("this system names a process by its program, not by the link to it")
            with pytest.raises(Hw1Error, match=rf"held by git \(process {git.pid}\).*`rm {lock}`"):
                mend_git_lock(old_git_lock(root))
            assert lock.exists()
        finally:
            git.kill()


def test_where_it_cannot_be_known_who_has_it_a_person_decides(root, lock, monkeypatch):
    class Foreign:
        pid = 7

        def name(self):
            return "git"

        def cwd(self):
            raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "process_iter", lambda: [Foreign()])
    with pytest.raises(Hw1Error, match=rf"another person's git \(process 7\).*`rm {lock}`"):
        mend_git_lock(old_git_lock(root))
    assert lock.exists()


def test_a_lock_that_comes_and_goes_is_at_work(root, lock):
    again = Timer(0.1, lambda: (lock.unlink(), lock.write_text("another")))
    again.start()
    assert old_git_lock(root) is None
    again.join()
    found = old_git_lock(root)
    lock.unlink()
    lock.write_text("one more")
    assert mend_git_lock(found) is None
    assert lock.exists()


def test_dvc_is_not_kept_waiting_meanwhile(root, lock, monkeypatch):
    def look(where):
        with keeping_dvc_out(where, pytest.fail):  # so its locks are free
            return old_git_lock(where)

    monkeypatch.setattr("hw1.mend.command.old_git_lock", look)
    said = []
    mend(root, said.append)
    assert said == [f"{lock} was left by a killed process; removed"]


def test_without_git_there_is_nothing_to_do(root):
    shutil.rmtree(root / ".git")
    assert mend_git_lock(old_git_lock(root)) is None
