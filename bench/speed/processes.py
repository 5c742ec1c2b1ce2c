"""Commands in a clone of the project, with their seconds and their peak memory."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_support import Project, environment

METER = Path(__file__).with_name("meter.py")
STORE = "mlflow.db"
MAKE_STORE = f"import mlflow; mlflow.MlflowClient('sqlite:///{STORE}').search_experiments()"


@dataclass(frozen=True)
class Usage:
    """What a command took.

    Attributes:
        started: when it was started, by the system's monotonic clock.
        seconds: wall clock.
        peak_bytes: the most memory that it or one of its own children held.
    """

    started: float
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
    surroundings.pop("HW1_WARM")  # tests do without the publisher beside the stages, people do not
    surroundings |= variables or {}
    if own_threads:
        surroundings.pop("OMP_NUM_THREADS")
    with TemporaryDirectory() as temporary:
        taken = Path(temporary) / "taken.json"
        ran = subprocess.run(
            [sys.executable, str(METER), str(taken), *command],
            cwd=folder,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if ran.returncode != 0:
            raise RuntimeError(
                f"{' '.join(command)} failed:\n{ran.stdout.decode(errors='replace')}"
            )
        return Usage(**json.loads(taken.read_text()))


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
