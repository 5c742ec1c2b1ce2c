"""The search itself: generation after generation, batch after batch."""

from __future__ import annotations

import time

from hw1.params.sweep import SweepParams
from hw1.sweep.batches import Batch, make_batches
from hw1.sweep.halving import pool_of
from hw1.sweep.progress import SearchProgress
from hw1.sweep.study import Search
from hw1.sweep.workers.base import Workers


def run_trials(
    search: Search,
    sweep: SweepParams,
    workers: Workers[Batch],
    progress: SearchProgress,
    *,
    linked: bool,
) -> None:
    """Run all trials that a search has left; each is kept as soon as its batch is finished.

    A batch of which some trials are told already, because the search was killed while it told
    them, is evaluated as a whole again: a trial is compared with those of its batch.

    Args:
        search: gives trials and keeps what comes of them.
        sweep: when trials are pruned.
        workers: evaluate batches.
        progress: is told of every trial.
        linked: whether windows are linked.
    """
    while waiting := search.next_generation():
        started = time.monotonic()
        progress.catch_up(search.told)
        numbers = {trial.number for trial in waiting}
        pool = pool_of(search.earlier, sweep.pruning)
        batches = [
            batch
            for part in search.generation
            for batch in make_batches(part, sweep.pruning, pool, linked=linked)
            if numbers.intersection(trial.number for trial in batch.trials)
        ]
        for _, outcomes in workers.evaluate(batches):
            for outcome in outcomes:
                if outcome.number in numbers:
                    search.tell(outcome)
                    progress.add(outcome)
            search.add_seconds(time.monotonic() - started)
            started = time.monotonic()
    progress.catch_up(search.told)
