"""The process that publishes what an experiment's stage has written; the stage starts it.

It imports MLflow while the experiment computes, on another core, and waits for a line that tells
the seconds it took; without that line there is nothing to publish. See
`hw1.lectures.frame.publishing`.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress

from hw1.core.errors import Hw1Error
from hw1.core.place import project_root
from hw1.lineage.lectures.ledger import LectureLedger
from hw1.lineage.lectures.observe import keep_running
from hw1.tracking.lectures.publish import publish_lecture
from hw1.tracking.store import TrackerError, no_garbage, sqlite_file, tracking_client


def main() -> None:
    """Publish the experiment that the command line names; what cannot be published now, waits."""
    (lecture,) = sys.argv[1:]
    atexit.register(gc.freeze)  # memory goes with the process
    with no_garbage():
        with suppress(Hw1Error):  # comes up again
            _make_ready()
        line = sys.stdin.readline()
        if not line.endswith("\n"):  # the stage has failed
            return
        try:
            print(f"{lecture}: {publish(lecture, float(line))}", flush=True)
        except Hw1Error as problem:
            print(f"{lecture}: not in MLflow: {problem}", flush=True)


def publish(lecture: str, seconds: float) -> str:
    """Keep what an experiment has just written in the current folder, and publish it.

    Args:
        lecture: the experiment.
        seconds: how long it took.

    Returns:
        What came of it, in words.

    Raises:
        Hw1Error: its files do not belong together.
    """
    ledger = LectureLedger(project_root())
    record = keep_running(lecture, project_root(), seconds)
    try:
        with tracking_client() as client:
            run_id = publish_lecture(client, record, ledger.files(record))
    except TrackerError as problem:
        return f"{problem}; the result is in the ledger, `hw1 track` publishes it"
    return f"run {run_id[:8]} in MLflow; `make ui` shows it"


def _make_ready() -> None:
    """Import MLflow, and open the store if it is a file; a server is not kept waiting."""
    import mlflow.entities  # noqa: F401

    if sqlite_file() is None:
        return
    # connections are closed when they are not used: the file may be replaced meanwhile
    os.environ.setdefault("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")
    with tracking_client() as client:
        client.search_experiments(max_results=1)


if __name__ == "__main__":
    main()
