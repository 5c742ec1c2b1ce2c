"""Files appear whole or not at all, also where there is no room and where a writer is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest

from hw1.core import files
from hw1.core.files import replacing, write_text

LARGE = 300_000  # more than the limit below

WRITERS = {
    "text": "files.write_text(path, 'x' * LARGE)",
    "json": "files.write_json(path, ['x' * LARGE])",
    "bytes": "files.write_bytes(path, b'x' * LARGE)",
    "csv": "files.write_csv(path, pd.DataFrame({'x': np.arange(LARGE)}))",
    "parquet": "files.write_parquet(path, pd.DataFrame({'x': np.random.rand(LARGE)}))",
    "curve": "CurveWriter(path, 10)._write('x' * LARGE)",
}
"""Ways to write a file, as stages use them."""

PROGRAM = """
import resource
from pathlib import Path
import numpy as np
import pandas as pd
from hw1.core import files
from hw1.core.entry import exits_cleanly
from hw1.curve import CurveWriter

LARGE = {large}
path = Path("{path}")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@exits_cleanly
def main():
    {write}


main()
"""


@pytest.mark.fault("full disk")
@pytest.mark.parametrize("write", WRITERS)
def test_where_there_is_no_room_the_file_is_named_and_stays_as_it_was(tmp_path, write):
    path = tmp_path / "result"
    write_text(path, "earlier")
    program = PROGRAM.format(large=LARGE, path=path, write=WRITERS[write])
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {path}: File too large; free some space")
    assert done.stderr.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == ["result"]
    if write != "curve":  # which grows in its place, to be watched
        assert path.read_text() == "earlier"


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match=r"File exists|Not a directory") as raised:
        write_text(tmp_path / "file" / "result.json", "x")
    assert raised.value.filename == str(tmp_path / "file" / "result.json")


def killed_writer(path, content, *, renames=False):
    """Let a process be killed before it has replaced a file, or just after; its number."""
    child = os.fork()
    if child == 0:  # pragma: no cover
        try:
            with replacing(path) as temporary:
                temporary.write_text(content)
                if renames:
                    temporary.replace(path)
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return child


@pytest.mark.fault("kill a stage")
def test_a_writer_that_is_killed_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "result.csv"
    write_text(path, "earlier")
    killed_writer(path, "half")
    assert path.read_text() == "earlier"
    leftover = next(each for each in tmp_path.iterdir() if each != path)
    assert leftover.name.startswith(".result.csv.")

    write_text(path, "later")
    assert leftover.exists()  # its writer may be at work still
    hours_ago = time.time() - 2 * files.LEFT
    os.utime(leftover, (hours_ago, hours_ago))
    write_text(tmp_path / "other.csv", "other")
    assert leftover.exists()
    write_text(path, "latest")
    assert not leftover.exists()
    assert path.read_text() == "latest"


@pytest.mark.fault("kill a stage")
@pytest.mark.parametrize(
    ("renames", "content", "left"), [(False, "earlier", 1), (True, "later", 0)]
)
def test_a_writer_that_is_killed_about_the_rename_leaves_one_file_or_the_other(
    tmp_path, renames, content, left
):
    path = tmp_path / "result.csv"
    write_text(path, "earlier")
    child = killed_writer(path, "later", renames=renames)
    assert path.read_text() == content
    leftovers = [each.name for each in tmp_path.iterdir() if each != path]
    assert len(leftovers) == left
    assert all(name.startswith(f".result.csv.{child}-") for name in leftovers)  # its writer's


def test_what_goes_wrong_inside_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "result"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
