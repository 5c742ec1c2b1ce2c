"""Evaluate a batch of trials."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from hw1.core.errors import Hw1Error
from hw1.models.design import Design
from hw1.models.fold import fit_fold
from hw1.models.problem import make_problem
from hw1.models.threads import bounded_threads
from hw1.sweep.batches import Batch
from hw1.sweep.data import SearchData
from hw1.sweep.designs import Designs, merge_twins
from hw1.sweep.judge import Judge
from hw1.sweep.stacked import Stackable, evaluate_stack
from hw1.sweep.trial import Outcome, Trial


@lru_cache(maxsize=1)
def designs_for(data: SearchData) -> Designs:
    """The design tables of a worker's data, kept from batch to batch."""
    return Designs(data)


def evaluate_batch(data: SearchData, batch: Batch) -> list[Outcome]:
    """Fit and judge all trials of a batch.

    A trial that cannot be fitted does not stop the others.

    Returns:
        One outcome a trial, in the batch's order.
    """
    start = time.perf_counter()
    designs = designs_for(data)
    with bounded_threads(batch.trials[0].train):
        outcomes: dict[int, Outcome] = {}
        ready: list[Stackable] = []
        for trial in batch.trials:
            try:
                folds = _folds(trial, designs)
            except Exception as problem:
                outcomes[trial.number] = _failed(trial, problem)
                continue
            if batch.stacked:
                ready.append(Stackable(trial, tuple(folds)))
            else:
                outcomes[trial.number] = _evaluate_alone(trial, folds, data.states)
        outcomes |= _evaluate_together(ready, batch, data.states)
    share = (time.perf_counter() - start) / len(batch.trials)
    return [replace(outcomes[trial.number], seconds=share) for trial in batch.trials]


def _folds(trial: Trial, designs: Designs) -> list[Design]:
    folds = designs.of(trial.features)
    # with early stopping a fold's own held-out rows tell when it has learnt enough
    early = trial.train.by_gradient and trial.train.early_stopping.patience is not None
    return list(folds) if early else merge_twins(folds)


def _evaluate_together(
    ready: Sequence[Stackable], batch: Batch, states: Sequence[str]
) -> dict[int, Outcome]:
    """Outcomes by number; if one trial breaks the stack, each is tried by itself."""
    try:
        found = list(evaluate_stack(ready, batch.pruning, batch.pool, states))
    except Exception as problem:  # whatever numerical libraries raise
        if len(ready) == 1:
            return {ready[0].trial.number: _failed(ready[0].trial, problem)}
        alone = [_evaluate_together([each], batch, states) for each in ready]
        return {number: outcome for each in alone for number, outcome in each.items()}
    return {outcome.number: outcome for outcome in found}


def _evaluate_alone(trial: Trial, folds: Sequence[Design], states: Sequence[str]) -> Outcome:
    judge = Judge(states)
    try:
        for design in folds:
            judge.add(make_problem(trial.train, design), fit_fold(trial.train, design).fitted)
    except Exception as problem:  # whatever scikit-learn raises: one trial must not end the search
        return _failed(trial, problem)
    return judge.outcome(trial.number)


def _failed(trial: Trial, problem: Exception) -> Outcome:
    known = isinstance(problem, Hw1Error)
    reason = str(problem) if known else f"{type(problem).__name__}: {problem}"
    return Outcome(trial.number, "failed", reason=reason)
