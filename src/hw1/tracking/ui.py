"""MLflow's UI on loopback, with a watcher beside it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from hw1.core.place import project_root
from hw1.core.sections import flatten, read_params
from hw1.task_words import CLASSIFICATION, task_of
from hw1.tracking.experiments import experiment_id, own_experiments
from hw1.tracking.live_runs import remove_stale
from hw1.tracking.server import running_server
from hw1.tracking.store import is_server, public_uri, tracking_client
from hw1.tracking.sync import synchronise
from hw1.tracking.view import set_view
from hw1.tracking.watch import Watcher

LOOK_EVERY = 2.0


def serve(port: int | None) -> None:
    """Bring the runs up to date, show them in MLflow's UI and watch the project until Ctrl-C.

    Args:
        port: the port on this machine; None takes the first free one from 5000.

    Raises:
        TrackerError: the store that MLFLOW_TRACKING_URI names does not answer.
        Hw1Error: the port is taken, or the server does not start.
    """
    root = project_root()
    watcher = Watcher(root, lambda text: print(text, flush=True))
    report = synchronise(root, everything=False)
    print(f"{report.known} variants known, {len(report.published)} of them newly published")
    for reason in report.skipped:
        print(f"not published: {reason}")
    page = _prepare_page()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        if is_server():
            address = public_uri().rstrip("/")
            _announce(f"{address}/{page}")
            _watch(watcher, lambda: True)
        else:
            with running_server(port) as (address, server):
                _announce(f"{address}/{page}")
                _watch(watcher, lambda: server.poll() is None)
    except KeyboardInterrupt:
        print()


def _prepare_page() -> str:
    """The part of the address that opens the table of the edition and task in use."""
    parameters = read_params()
    edition = str(parameters["ingest"]["edition"])
    asks_for_a_rise = task_of(dict(flatten(parameters))) == CLASSIFICATION
    with tracking_client() as client:
        experiments = own_experiments(client)
        remove_stale(client, [each.experiment_id for each in experiments])
        for experiment in experiments:
            set_view(client, experiment.experiment_id)
        own = experiment_id(client, edition)
        return set_view(client, own, probabilities=asks_for_a_rise)


def _announce(address: str) -> None:
    print(f"MLflow: {address}\nCtrl-C ends it.", flush=True)


def _watch(watcher: Watcher, goes_on: Callable[[], bool]) -> None:
    while goes_on():
        watcher.tick()
        time.sleep(LOOK_EVERY)
