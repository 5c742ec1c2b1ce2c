"""Lock files between real processes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import pytest
from killing_support import PATIENCE

from hw1.core.errors import Hw1Error
from hw1.holding import HeldError, holder_of, holding_file, waiting_for_file

HOLDER = """
import sys
from pathlib import Path
from hw1.holding import holding_file
with holding_file(Path(sys.argv[1]), Exception):
    print("held", flush=True)
    sys.stdin.readline()
"""

pytestmark = pytest.mark.fault("two runs at once")


@contextmanager
def held(lock) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lock until it is told to let go."""
    command, pipe = [sys.executable, "-c", HOLDER, str(lock)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def let_go(process):
    process.stdin.write("\n")
    process.stdin.flush()


def test_who_is_refused_is_told_who_holds_it(tmp_path):
    lock = tmp_path / "folder" / "lock"
    with held(lock) as other, pytest.raises(Hw1Error) as raised, holding_file(lock, Hw1Error):
        pass
    assert re.fullmatch(rf"process {other.pid} on .*, since \d\d:\d\d", str(raised.value))
    with holding_file(lock, Hw1Error):  # nothing stays of one that was killed
        assert holder_of(lock).startswith("process ")
    assert holder_of(lock) == ""


def test_who_waits_says_so_once_and_goes_on(tmp_path):
    lock, said = tmp_path / "lock", []
    with held(lock) as other:

        def say(holder):
            said.append(holder)
            let_go(other)

        with waiting_for_file(lock, say, quiet=0.1):
            assert other.wait(PATIENCE) == 0
    assert len(said) == 1
    assert said[0].startswith(f"process {other.pid} on ")


def test_a_short_wait_is_not_worth_a_word(tmp_path):
    lock, said = tmp_path / "lock", []
    with held(lock) as other:
        Timer(0.2, let_go, [other]).start()
        with waiting_for_file(lock, said.append, quiet=PATIENCE):
            assert other.wait(PATIENCE) == 0
    assert said == []


def test_waiting_has_an_end(tmp_path):
    lock, said = tmp_path / "lock", []
    waiting = waiting_for_file(lock, said.append, timeout=0.3, quiet=0.1)
    with held(lock) as other, pytest.raises(HeldError) as raised, waiting:
        pass
    assert said == [raised.value.holder]
    assert f"process {other.pid} on " in str(raised.value)


def test_blocks_that_wait_nest(tmp_path):
    lock = tmp_path / "lock"
    with waiting_for_file(lock, pytest.fail):
        with waiting_for_file(lock, pytest.fail, timeout=1):
            pass
        assert holder_of(lock)  # held still
    assert not holder_of(lock)
    with holding_file(lock, Hw1Error):
        pass


def test_no_folder_of_dvc_is_made_for_a_lock(tmp_path):
    lock = tmp_path / ".dvc/tmp/lock"
    for holding in (holding_file(lock, Hw1Error), waiting_for_file(lock, pytest.fail)):
        with pytest.raises(Hw1Error, match=rf"{tmp_path} holds no \.dvc; start in the"), holding:
            pass
    assert not (tmp_path / ".dvc").exists()
