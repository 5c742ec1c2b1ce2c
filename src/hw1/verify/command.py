"""`hw1 verify`: whether the pipeline writes the same bytes whenever and wherever it runs."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from hw1.core.errors import Hw1Error
from hw1.core.sections import load_section
from hw1.lineage.lock import LOCK_FILE
from hw1.params.ingest import IngestParams
from hw1.verify.comparison import find_difference, find_other_lock, find_other_source
from hw1.verify.copy import copy_project
from hw1.verify.results import Results, read_results
from hw1.verify.running import run_pipeline

# folders' names of different length, by the seeds of Python's hashes
RUNS = {1: ("one", "the first run"), 2: ("another-one", "the second run")}
WORKSPACE = "the workspace"


def verify(root: Path) -> str:
    """Run the pipeline twice in clean copies of the project, and compare all that comes of it.

    The workspace's own results are compared too where its dvc.lock tells of the same code,
    parameters and data.

    Args:
        root: the project's folder.

    Returns:
        A sentence: what is the same.

    Raises:
        DifferenceError: something is not the same.
        DataError: the edition's raw data is not there.
        Hw1Error: there is no git repository, or the pipeline fails in a copy.
    """
    edition = load_section("ingest", IngestParams).edition
    workspace = read_results(root, WORKSPACE) if (root / LOCK_FILE).is_file() else None
    with (
        _ending_orderly(),
        tempfile.TemporaryDirectory(prefix="hw1-verify-") as temporary,
    ):
        first, second = (
            _fresh_results(root, Path(temporary) / folder, seed, edition, name)
            for seed, (folder, name) in RUNS.items()
        )
        return _compared(first, second, workspace)


class DifferenceError(Hw1Error):
    """Two runs of the same code, parameters and data did not come to the same."""


@contextmanager
def _ending_orderly() -> Iterator[None]:
    """Have the signals that end a process end it as Ctrl-C does, which leaves nothing behind."""
    earlier = {number: signal.signal(number, _exit) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _fresh_results(root: Path, copy: Path, seed: int, edition: str, name: str) -> Results:
    copy_project(root, copy, edition)
    run_pipeline(copy, seed, f"run {seed} of {len(RUNS)}", _tell)
    return read_results(copy, name)


def _tell(words: str) -> None:
    print(words, end="", file=sys.stderr, flush=True)


def _compared(first: Results, second: Results, workspace: Results | None) -> str:
    difference = find_difference(first, second) or find_other_lock(first, second)
    if difference:
        raise DifferenceError(f"not verified: {difference}")
    same = f"{first.files()} files of {len(first.stages)} stages are the same"
    if workspace is None:
        return f"{same}, twice; the workspace has no {LOCK_FILE} to compare"
    other = find_other_source(first, workspace)
    if other:
        return f"{same}, twice; the workspace's results are not compared: they have another {other}"
    difference = find_difference(first, workspace)
    if difference:
        raise DifferenceError(f"not verified: {difference}")
    return f"{same}, twice and in the workspace"
