"""`hw1 sweep` and `hw1 apply`: from params.yaml to a search, its winner and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hw1.sweep.apply import apply_trial
from hw1.sweep.batches import Batch
from hw1.sweep.conclude import Conclusion, conclude
from hw1.sweep.evaluate import evaluate_batch
from hw1.sweep.loop import run_trials
from hw1.sweep.places import DEFAULT_NAME
from hw1.sweep.progress import SearchProgress
from hw1.sweep.reopen import reopen
from hw1.sweep.setup import Setup, read_setup
from hw1.sweep.show import print_conclusion, print_start
from hw1.sweep.study import Search, open_study
from hw1.sweep.workers.base import Workers

LOCAL = "local"
INTERRUPTED = 130


@dataclass(frozen=True)
class SweepOptions:
    """What the command line says of a search.

    Attributes:
        name: the search's.
        storage: an address of a database; None for a journal of the project.
        again: begin anew.
        trials: how many there are to be; None leaves it to the search's description.
        workers: processes; None for one a processor.
        ray: None without Ray, "local", or a cluster's address.
    """

    name: str = DEFAULT_NAME
    storage: str | None = None
    again: bool = False
    trials: int | None = None
    workers: int | None = None
    ray: str | None = None


def sweep(file: Path | None, options: SweepOptions) -> Conclusion:
    """Search, show and publish what was found.

    Args:
        file: holds the search; None for section `sweep:` of params.yaml.
        options: see there.

    Raises:
        Hw1Error: something is wrong with the search, or it cannot go on; all finished trials are
            kept.
        SystemExit: it was interrupted.
    """
    setup = read_setup(file, options.trials)
    opened = open_study(
        setup.sweep,
        setup.space,
        setup.settings,
        name=options.name,
        storage=options.storage,
        again=options.again,
    )
    with opened as search:
        print_start(search, setup)
        _search(search, setup, options)
        conclusion = conclude(search, setup, options.storage)
        unpublished = _publish(conclusion)
    print_conclusion(conclusion, unpublished)
    return conclusion


def _search(search: Search, setup: Setup, options: SweepOptions) -> None:
    bar = SearchProgress(search.total, search.told, setup.sweep.objective)
    linked = setup.data.structure.link != "none"
    try:
        with closing(bar), _workers(setup, options) as workers:
            run_trials(search, setup.sweep, workers, bar, linked=linked)
    except KeyboardInterrupt:
        print(
            f"interrupted: {len(search.told)} of {search.total} trials are finished and kept; "
            "the same command goes on"
        )
        raise SystemExit(INTERRUPTED) from None


@contextmanager
def _workers(setup: Setup, options: SweepOptions) -> Iterator[Workers[Batch]]:
    made: Workers[Batch]
    if options.ray is None:
        from hw1.sweep.workers.local import local_workers

        made = local_workers(evaluate_batch, setup.data, options.workers)
    else:
        from hw1.sweep.workers.on_ray import ray_workers

        address = None if options.ray == LOCAL else options.ray
        made = ray_workers(evaluate_batch, setup.data, address)
    with made as workers:
        yield workers


def _publish(conclusion: Conclusion) -> str | None:
    """Publish a search; why it could not be, else None."""
    from hw1.tracking.store import TrackerError
    from hw1.tracking.sweeps import publish_sweep

    try:
        publish_sweep(conclusion.report)
    except TrackerError as problem:
        return str(problem)
    return None


def apply(root: Path, number: int | None, name: str, storage: str | None) -> str:
    """Make a trial of a search a DVC experiment.

    Args:
        root: the project's root.
        number: the trial's; None for the best.
        name: the search's.
        storage: an address of a database; None for a journal of the project.

    Returns:
        A line for the terminal.

    Raises:
        Hw1Error: there is no such search or trial, or the pipeline fails, or scores something else.
    """
    with reopen(name, storage) as found:
        trial, outcome = found.best() if number is None else found.trial(number)
    return apply_trial(root, name, found.ingest, trial, outcome)
