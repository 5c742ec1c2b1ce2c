"""A dvc.lock that is cut off is never taken for a whole one."""

import subprocess
from pathlib import Path

import pytest
from support import ROOT

from hw1.core.errors import Hw1Error
from hw1.lineage.plain_yaml import load_yaml
from hw1.mend.lock_files import is_whole, mend_lock

from .conftest import lock_text

LOCK = Path("dvc.lock")
WHOLE = lock_text("ingest", "train")
TORN = WHOLE[: len(WHOLE) * 3 // 4]

pytestmark = pytest.mark.fault("kill a stage")


def commit(root, text):
    (root / LOCK).write_text(text)
    git = ["git", "-c", "user.name=tester", "-c", "user.email=tester@localhost"]
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    subprocess.run([*git, "commit", "-qm", "a lock"], cwd=root, check=True)


@pytest.mark.parametrize("name", ["dvc.lock", "lectures/dvc.lock"])
def test_locks_that_dvc_has_written_are_whole(name):
    assert is_whole((ROOT / name).read_text())


def test_wherever_it_is_cut_off_it_is_torn_or_lacks_whole_entries(record_property):
    """A part that is taken for whole must not hold an entry that another text gave it."""
    entries = load_yaml(WHOLE)["stages"]
    taken = [cut for cut in range(len(WHOLE)) if is_whole(WHOLE[:cut])]
    for cut in taken:
        for name, entry in load_yaml(WHOLE[:cut])["stages"].items():
            for kind in ("deps", "outs"):
                for item in entry.get(kind, []):
                    assert item in entries[name][kind], WHOLE[:cut]
    assert len(taken) < 15  # between two entries, or two files of one
    record_property("cases", len(WHOLE))


@pytest.mark.parametrize("text", ["", "\n", "stages:\n", "schema: '2.0'\n", "\0" * 100, "- a\n"])
def test_what_is_no_lock_is_not_whole(text):
    assert not is_whole(text)


def test_a_torn_one_becomes_the_last_that_was_whole(root):
    commit(root, lock_text("ingest"))
    (root / LOCK).write_text(WHOLE)
    assert mend_lock(root, LOCK) is None  # and is remembered
    (root / LOCK).write_text(TORN)
    assert mend_lock(root, LOCK) == "dvc.lock was torn; it is that of the last run again"
    assert (root / LOCK).read_text() == WHOLE


def test_without_one_that_is_remembered_it_becomes_the_committed_one(root):
    commit(root, lock_text("ingest"))
    for text in (b"", TORN.encode(), b"schema: '2.0'\nstages:\n  \xff"):
        (root / LOCK).write_bytes(text)
        assert mend_lock(root, LOCK) == "dvc.lock was torn; it is the committed one again"
        assert (root / LOCK).read_text() == lock_text("ingest")


def test_without_any_it_is_removed(root):
    (root / LOCK).write_text(TORN)
    assert "there is no earlier one; removed" in mend_lock(root, LOCK)
    assert not (root / LOCK).exists()
    assert mend_lock(root, LOCK) is None


def test_a_conflict_is_left_to_a_person(root):
    text = WHOLE.replace("    params:\n", "<<<<<<< HEAD\n    params:\n=======\n>>>>>>> b\n", 1)
    (root / LOCK).write_text(text)
    with pytest.raises(Hw1Error, match=r"git checkout --ours dvc\.lock"):
        mend_lock(root, LOCK)
    assert (root / LOCK).read_text() == text
