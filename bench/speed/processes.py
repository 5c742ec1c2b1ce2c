"""Commands in a clone of the project, with their seconds and their peak memory."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_support import Project, environment

# ru_maxrss counts kibibytes on Linux and bytes on macOS
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
STORE = "mlflow.db"
MAKE_STORE = f"import mlflow; mlflow.MlflowClient('sqlite:///{STORE}').search_experiments()"


@dataclass(frozen=True)
class Usage:
    """What a command took.

    Attributes:
        seconds: wall clock.
        peak_bytes: the most memory that it or one of its own children held.
    """

    seconds: float
    peak_bytes: int


def run(
    command: Sequence[str], folder: Path, *, own_threads: bool = False, **variables: str
) -> Usage:
    """Run a command to its end.

    Args:
        command: its words.
        folder: where it runs.
        own_threads: leave the number of threads to its libraries, as a student's shell does.
        variables: further environment variables.

    Raises:
        RuntimeError: it failed; with what it printed.
    """
    surroundings = environment() | {"PYTHONPATH": str(folder / "src")} | variables
    if own_threads:
        surroundings.pop("OMP_NUM_THREADS")
    with TemporaryDirectory() as temporary:
        log = Path(temporary) / "output"
        with log.open("wb") as output:
            started = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=folder, env=surroundings, stdout=output, stderr=output
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed:\n{log.read_text(errors='replace')}")
    return Usage(seconds, usage.ru_maxrss * RSS_UNIT)


def make_store(project: Project) -> None:
    """Give a clone an empty MLflow store, as every project but a new one has."""
    run([sys.executable, "-c", MAKE_STORE], project.root)


@contextmanager
def copy_of(project: Project) -> Iterator[Path]:
    """A clone's own clone, files, caches, store and all, for one measurement."""
    with TemporaryDirectory(prefix="hw1-speed-") as temporary:
        root = Path(temporary) / "project"
        shutil.copytree(project.root, root, symlinks=True)
        # paths of files that DVC has seen, which are not those of the copy
        shutil.rmtree(root / ".dvc" / "tmp", ignore_errors=True)
        yield root
