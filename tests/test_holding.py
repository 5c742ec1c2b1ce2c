"""Lock files between real processes."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hw1.core.errors import Hw1Error
from hw1.holding import HeldError, holder_of, holding_file, waiting_for_file

HOLDER = """
import sys, time
from pathlib import Path
from hw1.holding import holding_file
with holding_file(Path(sys.argv[1]), Exception):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""

pytestmark = pytest.mark.fault("two runs at once")


@contextmanager
def held(lock, seconds=600) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lock."""
    command = [sys.executable, "-c", HOLDER, str(lock), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


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
    with held(lock, 0.6) as other, waiting_for_file(lock, said.append, quiet=0.1):
        assert other.wait(5) == 0
    assert len(said) == 1
    assert said[0].startswith(f"process {other.pid} on ")


def test_a_short_wait_is_not_worth_a_word(tmp_path):
    lock, said = tmp_path / "lock", []
    with held(lock, 0.2), waiting_for_file(lock, said.append):
        pass
    assert said == []


def test_waiting_has_an_end(tmp_path):
    lock, said = tmp_path / "lock", []
    began = time.monotonic()
    waiting = waiting_for_file(lock, said.append, timeout=0.3, quiet=0.1)
    with held(lock) as other, pytest.raises(HeldError) as raised, waiting:
        pass
    assert time.monotonic() - began < 5
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
