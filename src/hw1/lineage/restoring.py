"""The command that brings a variant back into the workspace."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hw1.core.sections import PARAMS_FILE, parse_params
from hw1.lineage import git
from hw1.lineage.git import SHORT, Experiment
from hw1.lineage.history import Traces
from hw1.lineage.naming import differences
from hw1.lineage.record import Record
from hw1.variants import flat_variant, set_param

APPLY = "dvc exp apply"
NONE = "none:"  # what a command begins with that is none
KEPT = "its params.yaml is among the artifacts"
EDITION = "ingest.edition"
LONGEST_LIST = 5


def restore_command(record: Record, traces: Traces | None = None) -> str:
    """The command that brings a variant's files back into the workspace."""
    if traces is None and record.experiment:
        return f"{APPLY} {shlex.quote(record.experiment)}"
    if traces is not None and traces.experiments:
        return f"{APPLY} {_unique_name(traces.experiments[0])}"
    if traces is not None and traces.commits:
        return f"{_checkout(traces.commits[0])} && dvc checkout"
    return _from_commit(record)


def _from_commit(record: Record) -> str:
    """How to make it again from the commit that it was made on."""
    if record.commit is None:
        return f"{NONE} it was made outside git; {KEPT}"
    if not record.changed:
        return f"{_checkout(record.commit)} && dvc repro"
    if set(record.changed) == {str(PARAMS_FILE)}:
        changes = [shlex.quote(set_param(*change)) for change in changes_of(record)]
        overrides = "".join(f" -S {change}" for change in changes)
        return f"{_checkout(record.commit)} && dvc exp run{overrides}"
    changed = listed([path for path in record.changed if path != str(PARAMS_FILE)])
    return f"{NONE} {changed} had changes that are in no commit; {KEPT}"


def _checkout(commit: str) -> str:
    """Go to a commit whatever stands in the workspace, and keep what does.

    Git would carry a changed dvc.lock or params.yaml over, and the command would restore that.
    """
    return f"git stash && git checkout {commit[:SHORT]}"


def _unique_name(experiment: Experiment) -> str:
    """An experiment's name, or its commit where another has the same name."""
    names = [each.name for each in git.experiments(Path.cwd())]
    unique = names.count(experiment.name) < 2
    return shlex.quote(experiment.name) if unique else experiment.revision[:SHORT]


def changes_of(record: Record) -> list[tuple[str, Any]]:
    """Parameters that differ from those of the commit that the variant was made on, by dotted key.

    The edition comes first, if it differs.
    """
    if record.commit is None:
        return []
    return changes_since(Path.cwd(), record.commit, record.params_text)


def changes_since(root: Path, commit: str, params_text: str) -> list[tuple[str, Any]]:
    """Parameters that differ from those of a commit, by dotted key; the edition first."""
    committed = git.text_at(root, commit, f"./{PARAMS_FILE}")
    if committed is None:
        return []
    default = flat_variant(parse_params(committed))
    present = flat_variant(parse_params(params_text))
    changed = differences(present, default)
    if present.get(EDITION) != default.get(EDITION):
        changed.insert(0, (EDITION, present.get(EDITION)))
    return changed


def listed(names: Sequence[str]) -> str:
    """The first few of many names."""
    more = len(names) - LONGEST_LIST
    return ", ".join(names[:LONGEST_LIST]) + (f" and {more} more" if more > 0 else "")
