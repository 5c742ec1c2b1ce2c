import os
import shutil
import subprocess
import sys

import psutil
import pytest

from hw1.core.errors import Hw1Error
from hw1.mend import git_lock
from hw1.mend.git_lock import mend_git_lock

pytestmark = pytest.mark.fault("kill a stage")


def test_a_lock_that_nobody_has_is_removed_after_a_moment(root, monkeypatch):
    lock, waited = root / ".git/index.lock", []
    lock.touch()

    def let_time_pass(_):
        waited.append(lock.exists())
        os.utime(lock, (0, 0))

    monkeypatch.setattr(git_lock, "NEW", 3600.0)
    monkeypatch.setattr(git_lock.time, "sleep", let_time_pass)
    assert mend_git_lock(root) == f"{lock} was left by a killed process; removed"
    assert waited == [True]  # another program may have it for a moment
    assert not lock.exists()
    assert mend_git_lock(root) is None


def test_a_lock_that_git_has_stays(root, tmp_path_factory):
    program = tmp_path_factory.mktemp("bin") / "git"
    program.symlink_to(sys.executable)
    command = [program, "-S", "-c", "import time; print(flush=True); time.sleep(600)"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as git:
        try:
            assert git.stdout.readline()
            if psutil.Process(git.pid).name() != "git":
                pytest.skip("this system names a process by its program, not by the link to it")
            lock = root / ".git/index.lock"
            lock.touch()
            with pytest.raises(Hw1Error, match=rf"held by git \(process {git.pid}\)"):
                mend_git_lock(root)
            assert lock.exists()
        finally:
            git.kill()


def test_without_git_there_is_nothing_to_do(root):
    shutil.rmtree(root / ".git")
    assert mend_git_lock(root) is None
