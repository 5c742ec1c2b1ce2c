"""Commands in a clone of the project, with their seconds and their peak memory."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
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
    command: Sequence[str],
    folder: Path,
    variables: Mapping[str, str] | None = None,
    *,
    own_threads: bool = False,
) -> Usage:
    """Run a command to its end.

    Args:
        command: its words.
        folder: where it runs.
        variables: further environment variables.
        own_threads: leave the number of threads to its libraries, as a student's shell does.

    Raises:
        RuntimeError: it failed; with what it printed.
    """
    surroundings = environment() | {"PYTHONPATH": str(folder / "src")}
    surroundings |= variables or {}
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


def make_store(folder: Path) -> Path:
    """Create an empty MLflow store, which takes longer than to open one; its file."""
    run([sys.executable, "-c", MAKE_STORE], folder)
    return folder / STORE


@contextmanager
def store_like(empty: Path) -> Iterator[dict[str, str]]:
    """Variables that name a copy of an empty store: whatever is published there is new."""
    with TemporaryDirectory() as temporary:
        store = shutil.copy(empty, Path(temporary) / STORE)
        yield {"MLFLOW_TRACKING_URI": f"sqlite:///{store}"}


@contextmanager
def copy_of(project: Project) -> Iterator[Path]:
    """A clone's own clone, files, caches, store and all, for one measurement."""
    with TemporaryDirectory(prefix="hw1-speed-") as temporary:
        root = Path(temporary) / "project"
        shutil.copytree(project.root, root, symlinks=True)
        # paths of files that DVC has seen, which are not those of the copy
        shutil.rmtree(root / ".dvc" / "tmp", ignore_errors=True)
        yield root
