"""Only what nobody writes any more is removed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hw1.core.files import replacing
from hw1.mend.leftovers import remove_leftovers

KILLED = """
import os, signal, sys
from pathlib import Path
from hw1.core.files import replacing
with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""

pytestmark = pytest.mark.fault("kill a stage")


def test_what_a_killed_writer_left_is_removed(root):
    for name in ("data/train/model.json", "metrics/train.json", "lectures/pages/views.md"):
        subprocess.run([sys.executable, "-c", KILLED, name], check=False)
    (root / "data/train/.AbC-d_e1AbC-d_e1AbC-d_.tmp").write_text("half")  # DVC's own
    removed = remove_leftovers(root)
    assert {path.parent.as_posix() for path in removed} == {
        "data/train",
        "metrics",
        "lectures/pages",
    }
    assert len(removed) == 4
    assert not list(root.rglob(".*.tmp"))


def test_what_is_being_written_stays(root):
    path = Path("data/train/model.json")
    with replacing(path) as temporary:
        temporary.write_text("half")
        assert remove_leftovers(root) == []
        assert temporary.exists()
    assert path.read_text() == "half"


def test_a_later_process_with_the_number_is_no_writer(root):
    left = root / f"data/train/.model.json.{os.getpid()}-abcdefg_.tmp"
    left.write_text("half")
    hours_ago = time.time() - 48 * 3600
    os.utime(left, (hours_ago, hours_ago))
    assert remove_leftovers(root) == [left.relative_to(root)]


def test_what_an_earlier_version_has_left_is_removed_when_it_is_old(root):
    left = root / "data/train/.model.json.abcdefg_.tmp"
    left.write_text("half")
    assert remove_leftovers(root) == []
    hours_ago = time.time() - 2 * 3600
    os.utime(left, (hours_ago, hours_ago))
    assert remove_leftovers(root) == [left.relative_to(root)]


@pytest.mark.parametrize(
    "name",
    [
        "data/notes.tmp",
        "data/.hidden",
        "data/.notes.tmp",
        "data/.my.notes.tmp",
        "data/.notes.7-x.tmp",
        "lectures/.my-thoughts.tmp",
        "src/.a.json.99999999-abcdefgh.tmp",
        "data/raw/mine/.a.json.99999999-abcdefgh.tmp",
    ],
)
def test_what_is_no_temporary_file_of_results_stays(root, name):
    for folder in ("src", "data/raw/mine"):
        (root / folder).mkdir(parents=True)
    (root / name).write_text("a person's")
    hours_ago = time.time() - 2 * 3600
    os.utime(root / name, (hours_ago, hours_ago))
    assert remove_leftovers(root) == []
    assert (root / name).exists()
