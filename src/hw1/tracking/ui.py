"""MLflow's UI on loopback, with a watcher beside it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping

from hw1.core.place import project_root
from hw1.core.sections import flatten, read_params
from hw1.task_words import CLASSIFICATION, task_of
from hw1.tracking.experiments import experiment_id, own_experiments
from hw1.tracking.lectures.view import lectures_page
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
    for name in report.failed:
        print(f"marked `{name}` as failed")
    if count := len(report.lectures.published):
        print(f"lectures: {count} results newly published")
    for reason in [*report.skipped, *report.lectures.skipped]:
        print(f"not published: {reason}")
    pages = _prepare_pages()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        if is_server():
            address = public_uri().rstrip("/")
            _announce(address, pages)
            _watch(watcher, lambda: True)
        else:
            with running_server(port) as (address, server):
                _announce(address, pages)
                _watch(watcher, lambda: server.poll() is None)
    except KeyboardInterrupt:
        print()


def _prepare_pages() -> dict[str, str]:
    """By name, the parts of the addresses that open tables: first that of what is in use."""
    parameters = read_params()
    edition = str(parameters["ingest"]["edition"])
    asks_for_a_rise = task_of(dict(flatten(parameters))) == CLASSIFICATION
    with tracking_client() as client:
        experiments = own_experiments(client)
        remove_stale(client, [each.experiment_id for each in experiments])
        for experiment in experiments:
            set_view(client, experiment.experiment_id)
        own = experiment_id(client, edition)
        pages = {"MLflow": set_view(client, own, probabilities=asks_for_a_rise)}
        if page := lectures_page(client):
            pages["the lectures"] = page
        return pages


def _announce(address: str, pages: Mapping[str, str]) -> None:
    for name, page in pages.items():
        print(f"{name}: {address}/{page}")
    print("Ctrl-C ends it.", flush=True)


def _watch(watcher: Watcher, goes_on: Callable[[], bool]) -> None:
    while goes_on():
        watcher.tick()
        time.sleep(LOOK_EVERY)
