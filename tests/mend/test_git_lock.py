import shutil
import subprocess
import time

import pytest

from hw1.core.errors import Hw1Error
from hw1.mend import git_lock
from hw1.mend.git_lock import mend_git_lock

pytestmark = pytest.mark.fault("kill a stage")


def test_a_lock_that_nobody_has_is_removed_after_a_moment(root, monkeypatch):
    monkeypatch.setattr(git_lock, "NEW", 0.5)
    lock = root / ".git/index.lock"
    lock.touch()
    began = time.time()
    assert mend_git_lock(root) == f"{lock} was left by a killed process; removed"
    assert time.time() - began > 0.3  # another program may have it for a moment
    assert not lock.exists()
    assert mend_git_lock(root) is None


def test_a_lock_that_git_has_stays(root, tmp_path_factory):
    program = tmp_path_factory.mktemp("bin") / "git"
    shutil.copy(shutil.which("sleep"), program)
    with subprocess.Popen([program, "600"], cwd=root) as git:
        try:
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
