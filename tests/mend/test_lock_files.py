"""A dvc.lock that is cut off is never taken for a whole one."""

import subprocess
from pathlib import Path

import pytest
from support import ROOT

from hw1.core.errors import Hw1Error
from hw1.lineage.plain_yaml import load_yaml
from hw1.mend.lock_files import LOCK_FILES, is_whole, mend_lock

from .conftest import lock_text

LOCK = Path("dvc.lock")
WHOLE = lock_text("ingest", "train")
TORN = WHOLE[: len(WHOLE) * 3 // 4]
TORN_COPY = Path(".dvc/tmp/hw1/dvc.lock.torn")
KEPT = f"({TORN_COPY} keeps what it held)"
ADDRESS = "  get:\n    cmd: true\n    deps:\n    - path: https://localhost/a.csv\n      hash: md5\n"
FILES = """\
  make:
    cmd: true
    outs:
    - path: data/out
      hash: md5
      files:
      - relpath: a
        md5: fedcba9876543210fedcba9876543210
        size: 3
        cloud:
          store:
            etag: abc
            version_id: x
      - relpath: b
        md5: 0edcba9876543210fedcba9876543210
        size: 4
"""

pytestmark = pytest.mark.fault("kill a stage")


def commit(root, text):
    (root / LOCK).write_text(text)
    git = ["git", "-c", "user.name=tester", "-c", "user.email=tester@localhost"]
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    subprocess.run([*git, "commit", "-qm", "a lock"], cwd=root, check=True)


@pytest.mark.parametrize("name", ["dvc.lock", "lectures/dvc.lock"])
def test_locks_that_dvc_has_written_are_whole(name):
    assert is_whole((ROOT / name).read_text())


@pytest.mark.parametrize(
    "noted", ["checksum: '\"5e1\"'", "etag: 5e1", "checksum: x\n      size: 8"]
)
def test_what_is_at_an_address_has_no_md5(noted):
    assert is_whole(f"{WHOLE}{ADDRESS}      {noted}\n")
    assert not is_whole(f"{WHOLE}{ADDRESS}")


def test_a_folder_may_be_noted_by_its_files():
    assert is_whole(WHOLE + FILES)
    for last in ("      - relpath: b\n", "        size: 4\n"):
        assert not is_whole(
            WHOLE + FILES.partition(last)[0] + last.partition("size")[0].rstrip(" ")
        )


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
    assert mend_lock(root, LOCK) == f"dvc.lock was torn; it is that of the last run again {KEPT}"
    assert (root / LOCK).read_text() == WHOLE
    assert (root / TORN_COPY).read_text() == TORN


def test_without_one_that_is_remembered_it_becomes_the_committed_one(root):
    commit(root, lock_text("ingest"))
    for text in (b"", TORN.encode(), b"schema: '2.0'\nstages:\n  \xff"):
        (root / LOCK).write_bytes(text)
        said = "dvc.lock was torn; it is the committed one again"
        assert mend_lock(root, LOCK) == (f"{said} {KEPT}" if text else said)
        assert (root / LOCK).read_text() == lock_text("ingest")
        if text:
            assert (root / TORN_COPY).read_bytes() == text


@pytest.mark.parametrize("path", LOCK_FILES)
def test_without_any_it_is_moved_away(root, path):
    (root / path).write_text(TORN)
    kept = Path(".dvc/tmp/hw1") / f"{path}.torn"
    assert mend_lock(root, path).endswith(
        f"the next run writes it anew ({kept} keeps what it held)"
    )
    assert not (root / path).exists()
    assert (root / kept).read_text() == TORN
    assert mend_lock(root, path) is None


def test_a_conflict_is_left_to_a_person(root):
    text = WHOLE.replace("    params:\n", "<<<<<<< HEAD\n    params:\n=======\n>>>>>>> b\n", 1)
    (root / LOCK).write_text(text)
    with pytest.raises(Hw1Error, match=r"git checkout --ours dvc\.lock"):
        mend_lock(root, LOCK)
    assert (root / LOCK).read_text() == text
