"""A full disk and read-only places: what is said, what stays, and the same command later."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest
from bridge_support import finished_runs, store
from disk_support import Disk, full_disk, read_only_place
from pipeline_support import Project

from hw1.lineage.plain_yaml import load_yaml

FULL, READ_ONLY = "full disk", "read-only place"
FORCED = ("dvc", "repro", "--single-item", "--force", "evaluate")
CHANGES = {"  method: forward": "  method: blocks", "  epochs: 2": "  epochs: 3"}
"""Of params.yaml: with them every stage writes something else."""

TROUBLE = {
    # the second is how DVC says that it could not write four bytes
    FULL: ("No space left on device", "No possible cache link types", "disk I/O error"),
    READ_ONLY: ("Read-only file system",),
}
TODO = {FULL: "; free some space", READ_ONLY: "; make the place readable and writable"}
OF_DVC = re.compile(r"\.[\w-]{22}\.tmp")  # left where it tries links; git and DVC ignore it
GROWS = "metrics/train/curve.csv"  # line by line while training runs, to be watched


def place(root: Path, kind: str, name: str, room: int = 0) -> AbstractContextManager[Disk]:
    """A project's folder with so many kilobytes left, or read-only."""
    return full_disk(root, name, 1024 * room) if kind == FULL else read_only_place(root, name)


def outputs(root: Path) -> dict[str, bytes]:
    """What is in the stages' folders, by path."""
    files = (path for top in ("data", "metrics") for path in (root / top).rglob("*"))
    found = {path.relative_to(root).as_posix(): path for path in files if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if not name.startswith("data/raw/") and not OF_DVC.fullmatch(path.name)
    }


def stages(root: Path) -> dict[str, Any]:
    """What dvc.lock tells of each stage."""
    told: dict[str, Any] = load_yaml((root / "dvc.lock").read_text())["stages"]
    return told


def cached(root: Path) -> Iterator[str]:
    """Digests that dvc.lock names of what DVC's cache should hold, folders' files too."""
    outs = [each for stage in stages(root).values() for each in stage["outs"]]
    for digest in (each["md5"] for each in outs if not each["path"].startswith("metrics/")):
        yield digest
        if digest.endswith(".dir"):
            yield from (each["md5"] for each in json.loads(_object(root, digest).read_text()))


def require_sound(root: Path, *states: Project) -> None:
    """Every output is whole and of one of the states; the first of them can be restored."""
    known = [outputs(state.root) for state in states]
    for name, content in outputs(root).items():
        texts = [state.get(name) for state in known]
        if name == GROWS:
            assert any(text is not None and text.startswith(content) for text in texts), name
        else:
            assert content in texts, f"{name} is of no run"
    entries = [stages(state.root) for state in states]
    for name, entry in stages(root).items():
        assert entry in [each[name] for each in entries], f"dvc.lock tells of no run of {name}"
    require_cached(root, cached(states[0].root))


def require_cached(root: Path, digests: Iterable[str]) -> None:
    """DVC's cache holds all of it, whole."""
    for digest in digests:
        content = _object(root, digest).read_bytes()
        assert hashlib.md5(content).hexdigest() == digest.removesuffix(".dir")


def require_plain(said: str, kind: str) -> None:
    """It is said what is wrong; where this project says it, what to do as well."""
    assert any(words in said for words in TROUBLE[kind]), said
    assert "Traceback" not in said, said
    own = [line for line in said.splitlines() if line.startswith("error: ")]
    assert all(TODO[kind] in line for line in own), said


def _object(root: Path, digest: str) -> Path:
    return root / ".dvc/cache/files/md5" / digest[:2] / digest[2:]


@pytest.fixture
def own(project: Project, finished: Project) -> Project:
    """A project to be changed at will, whose runs' files lie in it: the copy names the original."""
    with closing(sqlite3.connect(project.root / "mlflow.db")) as database:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri")):
            database.execute(
                f"update {table} set {column} = replace({column}, ?, ?)",
                (str(finished.root), str(project.root)),
            )
        database.commit()
    return project


@pytest.fixture(scope="module")
def both(finished: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """The finished project, and one after a run with other parameters that nothing disturbed."""
    root = tmp_path_factory.mktemp("later") / "project"
    shutil.copytree(finished.root, root, symlinks=True)
    project = Project(root)
    for old, new in CHANGES.items():
        project.edit("params.yaml", old, new)
    project.dvc("repro")
    return finished, project


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(FULL, marks=pytest.mark.fault("full disk")),
        pytest.param(READ_ONLY, marks=pytest.mark.fault("read-only place")),
    ],
)
def test_a_stage_that_cannot_write_says_where_and_changes_nothing(finished, project, kind):
    with place(project.root, kind, "metrics") as disk:
        ran = disk.run(*FORCED)
        assert ran.returncode != 0
        require_plain(ran.stderr, kind)
        assert "/metrics/evaluate" in ran.stderr
        require_sound(disk.seen(project.root), finished)
        disk.mend()
        again = disk.run(*FORCED)
        assert again.returncode == 0, again.stderr
        assert outputs(disk.seen(project.root)) == outputs(finished.root)
        assert disk.text("dvc.lock") == finished.text("dvc.lock")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name", "room"),
    [
        *(
            pytest.param(FULL, name, room, marks=pytest.mark.fault("full disk"))
            for name, rooms in {
                "data": (0, 4, 24, 60, 100),
                "metrics": (0,),
                ".dvc/cache": (0, 24, 64, 160),
                ".dvc/tmp": (0, 8),
                ".": (0, 12, 40, 150),
            }.items()
            for room in rooms
        ),
        *(
            pytest.param(READ_ONLY, name, 0, marks=pytest.mark.fault("read-only place"))
            for name in ("data", "metrics", "metrics/train", ".dvc/cache", ".dvc/tmp", ".")
        ),
    ],
)
def test_a_run_that_cannot_write_leaves_whole_files_and_goes_on_later(both, own, kind, name, room):
    later = both[1]
    for old, new in CHANGES.items():
        own.edit("params.yaml", old, new)
    with place(own.root, kind, name, room) as disk:
        ran = disk.run("dvc", "repro")
        print(f"{kind}, {name}, {room} kB: {ran.stderr.strip()}")
        seen = disk.seen(own.root)
        assert ran.returncode != 0
        require_plain(ran.stderr, kind)
        require_sound(seen, *both)
        disk.mend()
        again = disk.run("hw1", "repro")  # DVC may have torn its own files
        assert again.returncode == 0, again.stdout + again.stderr
        assert outputs(seen) == outputs(later.root)
        assert disk.text("dvc.lock") == later.text("dvc.lock")
        require_cached(seen, cached(seen))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name", "room"),
    [
        pytest.param(FULL, "mlartifacts", 0, marks=pytest.mark.fault("full disk")),
        pytest.param(FULL, "mlartifacts", 300, marks=pytest.mark.fault("full disk")),
        pytest.param(FULL, "store", 8, marks=pytest.mark.fault("full disk")),
        pytest.param(FULL, "new store", 300, marks=pytest.mark.fault("full disk")),
        pytest.param(FULL, "temporary", 16, marks=pytest.mark.fault("full disk")),
        pytest.param(READ_ONLY, "mlartifacts", 0, marks=pytest.mark.fault("read-only place")),
        pytest.param(READ_ONLY, "store", 0, marks=pytest.mark.fault("read-only place")),
        pytest.param(READ_ONLY, "new store", 0, marks=pytest.mark.fault("read-only place")),
    ],
)
def test_a_run_that_mlflow_cannot_take_waits_in_the_ledger(own, kind, name, room):
    own.edit("params.yaml", "levels: 5", "levels: 4")
    (own.root / name).mkdir(exist_ok=True)
    database, extra = "mlflow.db", {"TMPDIR": f"{own.root}/temporary"} if name[0] == "t" else {}
    if name.endswith("store"):
        database = f"{name}/mlflow.db"
        extra = {"MLFLOW_TRACKING_URI": f"sqlite:///{database}"}
    if name == "store":
        shutil.copy(own.root / "mlflow.db", own.root / name)
    with place(own.root, kind, name, room) as disk:
        ran = disk.run("dvc", "repro", extra=extra)
        print(f"{kind}, {name}, {room} kB: {ran.stdout.strip()}")
        assert ran.returncode == 0, ran.stderr
        assert "Traceback" not in ran.stderr
        (said,) = (line for line in ran.stdout.splitlines() if line.startswith("track: MLflow"))
        assert TODO[kind] in said
        assert "`hw1 track` publishes it" in ran.stdout
        disk.mend()
        again = disk.run("hw1", "track", extra=extra)
        assert again.returncode == 0, again.stderr
        shutil.copy(disk.seen(own.root / database), own.root / "seen.db")
        assert len(finished_runs(store(own, "seen.db"))) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(FULL, marks=pytest.mark.fault("full disk")),
        pytest.param(READ_ONLY, marks=pytest.mark.fault("read-only place")),
    ],
)
@pytest.mark.parametrize(
    ("name", "words", "named"),
    [
        ("data", "fetch 2030 --from raw", "data/raw/2030: "),
        (".dvc/cache", "fetch 2030 --from raw", "DVC cannot track data/raw/2030: "),
        ("data", "report", "data/report/default-"),
        ("data", "sweep --trials 2 --workers 1", "data/sweep"),
        (".dvc/tmp", "track", ".dvc/tmp/hw1/"),
    ],
)
def test_a_command_that_cannot_write_says_where_and_goes_on_later(own, kind, name, words, named):
    shutil.copytree(own.root / "data/raw/sample", own.root / "raw")
    command = ("hw1", *words.split())
    before, state = outputs(own.root), own.git("status", "--porcelain")
    with place(own.root, kind, name) as disk:
        ran = disk.run(*command)
        print(f"{kind}, {name}, {words}: {ran.stderr.strip()}")
        assert ran.returncode == 1
        assert ran.stderr.startswith("error: ")
        assert ran.stderr.count("\n") == 1
        assert named in ran.stderr
        require_plain(ran.stderr, kind)
        left = {path for path in outputs(disk.seen(own.root)) if path not in before}
        assert all(path.startswith("data/sweep/") for path in left), left  # a lock, nothing found
        assert disk.run("git", "status", "--porcelain").stdout == state
        disk.mend()
        again = disk.run(*command)
        assert again.returncode == 0, again.stderr


@pytest.mark.slow
@pytest.mark.fault("full disk")
@pytest.mark.parametrize(("name", "room"), [(".", 0), (".", 12), (".dvc/cache", 4)])
def test_an_experiment_on_a_full_disk_leaves_whole_parameters_and_runs_later(own, name, room):
    before, wanted = (load_yaml(own.text("params.yaml")) for _ in range(2))
    wanted["evaluate"]["levels"] = 4
    command = ("dvc", "exp", "run", "-S", "evaluate.levels=4")
    with place(own.root, FULL, name, room) as disk:
        ran = disk.run(*command)
        print(f"{FULL}, experiment, {name}, {room} kB: {ran.stderr.strip()}")
        assert ran.returncode != 0
        assert load_yaml(disk.text("params.yaml")) in (before, wanted)
        disk.mend()
        mended = disk.run("hw1", "mend")  # git's lock of its index, for one
        assert mended.returncode == 0, mended.stderr
        again = disk.run(*command)
        assert again.returncode == 0, again.stderr
        assert load_yaml(disk.text("params.yaml")) == wanted
        assert disk.run("dvc", "status", "dvc.yaml").stdout.endswith("are up to date.\n")


TEARING = """
import resource
import sys


def limit(event, arguments):
    if event == "open" and str(arguments[0]).endswith("dvc.lock") and "w" in str(arguments[1]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


sys.addaudithook(limit)
"""
"""DVC's dvc.lock, which it empties before it writes it, finds room for a part of it only."""


@pytest.mark.slow
@pytest.mark.fault("full disk")
def test_a_lock_file_that_dvc_could_write_only_a_part_of_is_mended(own):
    before = own.text("dvc.lock")
    own.edit("params.yaml", "levels: 5", "levels: 4")
    programs = own.root.parent / "programs"
    programs.mkdir()
    (programs / "sitecustomize.py").write_text(TEARING)
    with pytest.MonkeyPatch.context() as patch:
        path = os.environ.get("PYTHONPATH")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(programs), path])))
        assert own.dvc("repro", check=False).returncode != 0
    assert len(own.text("dvc.lock")) < len(before)
    assert own.dvc("repro", check=False).returncode != 0
    assert "dvc.lock was torn" in own.run("hw1", "mend").stdout
    assert own.text("dvc.lock") == before
    own.dvc("repro")
    assert own.dvc("status", "dvc.yaml").stdout.endswith("are up to date.\n")
