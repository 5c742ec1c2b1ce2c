"""While someone looks at the runs: publish new variants, and show trainings as they go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hw1.core.errors import Hw1Error
from hw1.lineage import git
from hw1.lineage.failure import FailureLedger
from hw1.lineage.lectures.ledger import LectureLedger
from hw1.lineage.lectures.stage import LOCK
from hw1.lineage.ledger import Ledger
from hw1.tracking.live import LiveBoard
from hw1.tracking.store import tracking_client
from hw1.tracking.sync import synchronise


class Watcher:
    """Keeps MLflow up to date with a project, as long as `tick` is called."""

    def __init__(self, root: Path, tell: Callable[[str], None]) -> None:
        self._root = root
        self._tell = tell
        self._board = LiveBoard(root)
        self._seen = self._state()
        self._trouble = ""

    def tick(self) -> None:
        """Look once; a store that does not answer is told of once and asked again later."""
        try:
            self._publish()
            if self._board.has_work():
                with tracking_client() as client:
                    self._board.update(client)
            self._trouble = ""
        except Hw1Error as problem:
            if str(problem) != self._trouble:
                self._tell(str(problem))
            self._trouble = str(problem)

    def _publish(self) -> None:
        state = self._state()
        if state == self._seen:
            return
        report = synchronise(self._root, everything=False)
        self._seen = state
        for name in report.published:
            self._tell(f"published `{name}`")
        for name in report.failed:
            self._tell(f"marked `{name}` as failed")
        for name in report.lectures.published:
            self._tell(f"published lecture `{name}`")

    def _state(self) -> object:
        """What changes when there may be something to publish or to complete."""
        root = self._root
        variants = Ledger(root).labels(), git.experiments(root), git.head(root)
        failures = FailureLedger(root).labels()
        return variants, failures, LectureLedger(root).labels(), _text(root / LOCK)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
