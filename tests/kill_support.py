"""Kill a run of the pipeline, and see what is left of it."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import psutil
from pipeline_support import Project, environment

from hw1.lineage.plain_yaml import load_yaml

CACHE = ".dvc/cache/files/md5"
GROWING = "metrics/train/curve.csv"  # line by line, to be watched


def outs(project: Project) -> list[str]:
    """What dvc.lock says that the stages have written; folders as their files."""
    stages = load_yaml(project.text("dvc.lock"))["stages"].values()
    paths = [project.root / out["path"] for entry in stages for out in entry["outs"]]
    files = [
        file
        for path in paths
        for file in ([path] if path.is_file() else sorted(path.rglob("*")))
        if file.is_file()
    ]
    return sorted(file.relative_to(project.root).as_posix() for file in files)


def assert_as_undisturbed(project: Project, finished: Project) -> None:
    """All that a run leaves is as in a project in which nothing was killed, and nothing is left."""
    assert project.text("dvc.lock") == finished.text("dvc.lock")
    assert outs(project) == outs(finished)
    for path in outs(finished):
        same = (project.root / path).read_bytes() == (finished.root / path).read_bytes()
        assert same, f"{path} is another"
    assert temporary_files(project) == []
    assert project.dvc("status", "dvc.yaml").stdout.strip() == (
        "Data and pipelines are up to date."
    )
    assert not any(json.loads(project.text(".dvc/tmp/rwlock")).values())
    assert not (project.root / ".git/index.lock").exists()


def assert_no_half_files(project: Project) -> None:
    """No file of a result is cut off, and DVC's cache holds nothing but what its names say."""
    for folder in ("data", "metrics"):
        for path in (project.root / folder).rglob("*"):
            with suppress(FileNotFoundError, IsADirectoryError):  # DVC may be at work still
                if not path.name.endswith(".tmp"):
                    assert is_complete(path, path == project.root / GROWING), f"{path} is half"
    for path in (project.root / CACHE).glob("??/*"):
        if not path.name.endswith(".tmp"):
            name = path.parent.name + path.name.removesuffix(".dir")
            assert hashlib.md5(path.read_bytes()).hexdigest() == name, f"{path} is another"


def is_complete(path: Path, is_growing: bool) -> bool:
    """Whether a file ends as files of its kind do."""
    content = path.read_bytes()
    if path.suffix == ".json":
        return isinstance(json.loads(content), dict)
    if path.suffix == ".parquet":
        return content[:4] == content[-4:] == b"PAR1"
    if path.suffix == ".safetensors":
        header = int.from_bytes(content[:8], "little")
        spans = [entry["data_offsets"][1] for entry in json.loads(content[8 : 8 + header]).values()]
        return len(content) == 8 + header + max(spans)
    return is_growing or content.endswith(b"\n")


def temporary_files(project: Project) -> list[Path]:
    """What killed writers left."""
    folders = ("data", "metrics", "lectures")
    return [path for name in folders for path in (project.root / name).rglob(".*.tmp")]


def processes_in(root: Path) -> list[psutil.Process]:
    """Processes at work in a project, zombies left out."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(root):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def started(project: Project, *command: str, **variables: str | None) -> subprocess.Popen[str]:
    """Start a command in the project, in a process group of its own.

    Its output goes to a file, `output_of`: who reads a pipe waits for all that have it open.

    Args:
        project: where.
        command: its words.
        variables: of the environment, beside the usual ones; None takes one away.
    """
    temporary = project.root.parent / "tmp"  # what a killed process leaves goes with the test
    temporary.mkdir(exist_ok=True)
    given = environment() | {"TMPDIR": str(temporary)} | variables
    output_file(project).unlink(missing_ok=True)  # an earlier command may write to it still
    with output_file(project).open("w") as output:
        return subprocess.Popen(
            command,
            cwd=project.root,
            env={name: value for name, value in given.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def output_file(project: Project) -> Path:
    """What the command printed that was started last."""
    return project.root.parent / f"{project.root.name}.output"


def below(pid: int, part: str) -> psutil.Process | None:
    """A process that another one has started, with a word that begins so."""
    try:
        for child in psutil.Process(pid).children(recursive=True):
            if any(word.startswith(part) for word in child.cmdline()):
                return child
    except psutil.Error:
        pass
    return None


def kill_part(run: subprocess.Popen[str], kind: str) -> bool:
    """Kill all of a run of `hw1 repro`, or one process of it; False where it is not there."""
    if kind == "group":
        os.killpg(run.pid, signal.SIGKILL)
        return True
    if kind == "hw1":
        run.kill()
        return True
    process = below(run.pid, {"dvc": "dvc", "stage": "stages."}[kind])
    if process is None:
        return False
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def runs_of(project: Project) -> list[tuple[str, str, int]]:
    """Every run of a variant that MLflow's store has: the variant, the state, whether half made."""
    with closing(sqlite3.connect(project.root / "mlflow.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return store.execute(
            "SELECT v.value, r.status, EXISTS (SELECT 1 FROM tags i WHERE i.run_uuid = r.run_uuid"
            "  AND i.key = 'hw1.incomplete')"
            " FROM runs r JOIN tags v USING (run_uuid)"
            " WHERE v.key = 'hw1.variant' AND r.lifecycle_stage = 'active'"
        ).fetchall()
