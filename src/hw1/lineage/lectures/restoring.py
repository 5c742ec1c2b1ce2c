"""The command that brings a lecture's result back into the workspace."""

from __future__ import annotations

import os
import shlex

from hw1.core.place import project_root
from hw1.core.sections import PARAMS_FILE
from hw1.lineage import git
from hw1.lineage.git import SHORT
from hw1.lineage.lectures.observe import Change, changes
from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.lectures.stage import PIPELINE
from hw1.lineage.restoring import APPLY, NONE, listed
from hw1.variants import set_param

KEPT = "its parameters are among the artifacts"
NEVER_AGAIN = "another run measures other times; all that it wrote is among the artifacts"


def restore_command(record: LectureRecord) -> str:
    """The command that brings a result's files back into the workspace, or why there is none."""
    if record.committed:
        return _checkout(record.committed)
    if record.experiment is not None and _is_kept(record.experiment):
        return f"{APPLY} {shlex.quote(record.experiment)}"
    return _from_commit(record) if record.reproducible else f"{NONE} {NEVER_AGAIN}"


def _is_kept(experiment: str) -> bool:
    """Whether DVC has the experiment, or will have it when the stage that runs now has ended."""
    now = os.environ.get("DVC_EXP_NAME")
    return experiment in {now, *(each.name for each in git.experiments(project_root()))}


def _from_commit(record: LectureRecord) -> str:
    """How to make it again from the commit that it was made on."""
    if record.commit is None:
        return f"{NONE} it was made outside git; {KEPT}"
    target = f"{PIPELINE}:{record.lecture}"
    if not record.changed:
        return f"{_checkout(record.commit)} && dvc repro {target}"
    others = [path for path in record.changed if path not in record.params_texts]
    if others:
        return f"{NONE} {listed(others)} had changes that are in no commit; {KEPT}"
    changed = changes(record.parameters, record.params_texts, record.commit)
    if added := [change.key for change in changed if change.added]:  # perhaps with dots in its name
        return f"{NONE} the commit has no key {listed(added)}; {KEPT}"
    overrides = "".join(f" -S {shlex.quote(_override(change))}" for change in changed)
    return f"{_checkout(record.commit)} && dvc exp run{overrides} {target}"


def _override(change: Change) -> str:
    text = set_param(change.key, change.value)
    return text if change.file == str(PARAMS_FILE) else f"{change.file}:{text}"


def _checkout(commit: str) -> str:
    """Go to a commit whatever stands in the workspace, and keep what does."""
    return f"git stash && git checkout {commit[:SHORT]}"
