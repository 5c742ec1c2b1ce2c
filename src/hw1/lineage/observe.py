"""The record of the variant that stands in the workspace, as a stage sees it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hw1.core.errors import DataError, Hw1Error
from hw1.core.sections import PARAMS_FILE, flatten, parse_params
from hw1.lineage import git
from hw1.lineage.blobs import Blobs, WorkspaceBlobs
from hw1.lineage.ledger import Ledger
from hw1.lineage.lock import LOCK_FILE, Lock, parse_lock
from hw1.lineage.naming import describe, given_name
from hw1.lineage.record import Record
from hw1.lineage.timing import gather_timings
from hw1.lineage.variant import identify
from hw1.variants import read_variants

IN_GIT = "metrics/"  # what the stages leave to git, and DVC does not cache


def observe(root: Path) -> Record:
    """Record the variant in the current folder.

    Args:
        root: the project's own root, which is another folder for a temporary experiment.

    Raises:
        DataError: dvc.lock, params.yaml and the metrics do not belong together.
    """
    lock_text = read_text(LOCK_FILE)
    lock = parse_lock(lock_text)
    params_text = read_text(PARAMS_FILE)
    require_parameters(lock, params_text, str(PARAMS_FILE))
    return replace(
        record_here(lock, lock_text, identify(lock).parameters),
        texts=metric_texts(lock, WorkspaceBlobs(lock)),
        stages=gather_timings(lock, root),
    )


def record_here(lock: Lock, lock_text: str, parameters: dict[str, object]) -> Record:
    """The record, without results, of what goes on in the current folder at this moment.

    Args:
        lock: what goes into it.
        lock_text: the text of that.
        parameters: its parameters by dotted key.
    """
    here = Path()
    experiment = os.environ.get("DVC_EXP_NAME")
    baseline = os.environ.get("DVC_EXP_BASELINE_REV")
    commit = baseline or git.head(here)
    return Record(
        lock_text=lock_text,
        params_text=read_text(PARAMS_FILE),
        texts={},
        name=given_name(experiment) or name_of(parameters, here, commit),
        created=int(time.time() * 1000),
        commit=commit,
        changed=inputs_among(git.changed_files(here), lock),
        experiment=experiment,
        baseline=baseline,
    )


def keep_workspace(root: Path) -> None:
    """Keep the record of the variant in the workspace, if one stands there whole.

    The stage `track` does so too, but DVC does not run it when nothing but dvc.yaml has changed.
    """
    with suppress(Hw1Error):
        Ledger(root).add(observe(root))


def metric_texts(lock: Lock, blobs: Blobs) -> dict[str, str]:
    """Metrics and plot data by path."""
    paths = [path for path in lock.outs() if path.startswith(IN_GIT)]
    return {path: blobs.read(path).decode("utf-8") for path in paths}


def require_parameters(lock: Lock, params_text: str, where: str) -> None:
    """Check that the parameters are those that dvc.lock tells of.

    Raises:
        DataError: the first that differs.
    """
    present = dict(flatten(parse_params(params_text, Path(where))))
    for key, value in identify(lock).parameters.items():
        if key not in present or present[key] != value:
            raise DataError(
                f"{where}: `{key}` is {present.get(key)!r}, but {LOCK_FILE} tells of a run with "
                f"{value!r}; `dvc repro` brings them together"
            )


def name_of(parameters: dict[str, object], folder: Path, commit: str | None) -> str:
    """What a variant is called by what it changes of a commit's parameters."""
    text = None if commit is None else git.text_at(folder, commit, f"./{PARAMS_FILE}")
    committed = parse_params(text or read_text(PARAMS_FILE))
    return describe(parameters, committed, list(read_variants().values()))


def inputs_among(paths: Iterable[str], lock: Lock) -> tuple[str, ...]:
    """Those of some files that a variant is made from."""
    sources = {path for stage in lock.stages for path in lock.sources(stage)}
    inputs = (*sorted(sources), str(PARAMS_FILE), "dvc.yaml")
    return tuple(
        path
        for path in paths
        if any(path in (each, f"{each}.dvc") or path.startswith(f"{each}/") for each in inputs)
    )


def read_text(path: Path) -> str:
    """A file of the pipeline in the current folder.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise DataError(f"{path}: {problem.strerror}; `dvc repro` needs and makes it") from None
