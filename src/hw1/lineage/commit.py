"""The variant that a commit holds: dvc.lock, params.yaml and metrics, as git has them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hw1.core.errors import DataError
from hw1.core.sections import PARAMS_FILE
from hw1.lineage import git
from hw1.lineage.git import SHORT, Experiment
from hw1.lineage.lock import LOCK_FILE, Lock, parse_lock
from hw1.lineage.naming import given_name
from hw1.lineage.observe import IN_GIT, inputs_among, name_of, require_parameters
from hw1.lineage.record import Record
from hw1.lineage.variant import identify
from hw1.variants import DEFAULT


def checked_lock(root: Path, revision: str) -> Lock:
    """The dvc.lock of a commit.

    Raises:
        DataError: it has none, or params.yaml, dvc.lock and metrics of different runs.
    """
    lock, _ = _read(root, revision)
    return lock


def record_at(root: Path, revision: str, experiment: Experiment | None = None) -> Record:
    """The record of the variant that a commit holds.

    Args:
        root: the project's root.
        revision: the commit.
        experiment: the DVC experiment whose commit it is, if it is one's.

    Raises:
        DataError: see `checked_lock`.
    """
    lock, texts = _read(root, revision)
    return Record(
        lock_text=texts.pop(str(LOCK_FILE)),
        params_text=texts.pop(str(PARAMS_FILE)),
        texts=texts,
        name=_name(root, revision, experiment, lock),
        created=git.commit_time(root, revision),
        commit=experiment.baseline if experiment else revision,
        changed=_changed(root, revision, experiment, lock),
        experiment=experiment.name if experiment else None,
        baseline=experiment.baseline if experiment else None,
    )


def _read(root: Path, revision: str) -> tuple[Lock, dict[str, str]]:
    """A commit's dvc.lock, and the texts that belong to it by path, checked against each other."""
    lock_text = _text(root, revision, str(LOCK_FILE))
    lock = parse_lock(lock_text, f"{revision[:SHORT]}:{LOCK_FILE}")
    params_text = _text(root, revision, str(PARAMS_FILE))
    require_parameters(lock, params_text, f"{revision[:SHORT]}:{PARAMS_FILE}")
    own = {str(LOCK_FILE): lock_text, str(PARAMS_FILE): params_text}
    return lock, own | _metric_texts(root, revision, lock)


def _changed(
    root: Path, revision: str, experiment: Experiment | None, lock: Lock
) -> tuple[str, ...]:
    if experiment is None:
        return ()
    return inputs_among(git.files_between(root, experiment.baseline, revision), lock)


def _name(root: Path, revision: str, experiment: Experiment | None, lock: Lock) -> str:
    given = given_name(experiment.name if experiment else None)
    head = git.head(root)
    name = given or name_of(identify(lock).parameters, root, head)
    return f"{name} @{revision[:SHORT]}" if name == DEFAULT.name and revision != head else name


def _metric_texts(root: Path, revision: str, lock: Lock) -> dict[str, str]:
    texts = {}
    for path, md5 in lock.outs().items():
        if path.startswith(IN_GIT):
            texts[path] = _text(root, revision, path)
            if hashlib.md5(texts[path].encode("utf-8")).hexdigest() != md5:
                raise DataError(f"{revision[:SHORT]}:{path} is not what its {LOCK_FILE} describes")
    return texts


def _text(root: Path, revision: str, path: str) -> str:
    text = git.text_at(root, revision, f"./{path}")
    if text is None:
        raise DataError(f"commit {revision[:SHORT]} holds no {path}")
    return text
