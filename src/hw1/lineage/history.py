"""Every variant of a project: those in the ledger, in DVC's experiments and in git's history."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from hw1.core.errors import DataError, Hw1Error
from hw1.core.files import write_text
from hw1.core.place import state_folder
from hw1.lineage import git
from hw1.lineage.commit import checked_lock, record_at
from hw1.lineage.formats import NewerFormatError
from hw1.lineage.git import Experiment
from hw1.lineage.ledger import Ledger
from hw1.lineage.lock import LOCK_FILE
from hw1.lineage.record import Record
from hw1.lineage.variant import identify

MEMORY = "revisions-1.json"  # another number when a label comes to mean something else


@dataclass(frozen=True)
class Traces:
    """Where one variant was found.

    Attributes:
        label: the variant's label.
        recorded: whether the ledger has a record of it.
        experiments: the DVC experiments that hold it, by name.
        commits: commits that hold it, the newest first.
    """

    label: str
    recorded: bool = False
    experiments: tuple[Experiment, ...] = ()
    commits: tuple[str, ...] = ()


class History:
    """Finds variants and their records in one project."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ledger = Ledger(root)
        self._memory = state_folder(root) / MEMORY

    def traces(self) -> dict[str, Traces]:
        """All variants by label."""
        found = {label: Traces(label, recorded=True) for label in self._ledger.labels()}
        experiments = git.experiments(self._root)
        revisions = git.commits_of(self._root, LOCK_FILE)
        labels = self._labels([*revisions, *(each.revision for each in experiments)])
        for revision in revisions:
            if label := labels[revision]:
                before = found.get(label, Traces(label))
                found[label] = replace(before, commits=(*before.commits, revision))
        for experiment in experiments:
            if label := labels[experiment.revision]:
                before = found.get(label, Traces(label))
                found[label] = replace(before, experiments=(*before.experiments, experiment))
        return dict(sorted(found.items()))

    def at_hand(self) -> dict[str, Traces]:
        """Variants that were made here, are experiments or stand in the newest commit, by label."""
        newest = tuple(git.commits_of(self._root, LOCK_FILE)[:1])
        return {
            label: each
            for label, each in self.traces().items()
            if each.recorded or each.experiments or each.commits[:1] == newest
        }

    def record(self, traces: Traces) -> Record:
        """A variant's record, from the ledger if it has one, else from git.

        Raises:
            DataError: what git holds does not belong together; or only the ledger has a record,
                which is damaged or of a newer version of the project.
        """
        trouble = f"the record of variant {traces.label} is damaged"
        try:
            recorded = self._ledger.read(traces.label) if traces.recorded else None
            if recorded is not None:
                return recorded
        except NewerFormatError as problem:
            trouble = str(problem)
        if traces.experiments:
            return record_at(self._root, traces.experiments[0].revision, traces.experiments[0])
        if traces.commits:
            return record_at(self._root, traces.commits[0])
        raise DataError(trouble)

    def _labels(self, revisions: Iterable[str]) -> dict[str, str]:
        """Labels by commit, remembered, since a commit never changes; "" where it holds none."""
        known = self._remembered()
        fresh = {}
        for revision in dict.fromkeys(revisions):
            if revision not in known:
                fresh[revision] = self._label(revision)
        if fresh:
            known |= fresh
            write_text(self._memory, json.dumps(known, indent=0, sort_keys=True) + "\n")
        return known

    def _label(self, revision: str) -> str:
        try:
            return identify(checked_lock(self._root, revision)).label
        except Hw1Error:
            return ""

    def _remembered(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._memory.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return {}
