"""Which trials are evaluated together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hw1.params.sweep import PruningParams
from hw1.params.train import BY_GRADIENT, TrainParams
from hw1.sweep.designs import features_key
from hw1.sweep.halving import Pool
from hw1.sweep.trial import Trial

MOST_MEMBERS = 16
"""Networks of a batch. More would hardly be quicker, and their trials are all lost together when a
search is stopped."""

OWN: Any = {
    "seed": True,
    "dropout": True,
    "target": True,
    "target_transform": True,
    "target_standardise": True,
    "optimizer": {"learning_rate": True, "weight_decay": True},
}
"""What the members of a stack may have of their own, of section `train:`."""

ENDLESS = ("constant", "step", "exponential")
"""Schedules whose steps do not depend on the number of epochs that are planned."""


@dataclass(frozen=True)
class Batch:
    """Trials that are evaluated by one worker, one after the other or as one stack.

    Attributes:
        trials: all of them stacked if they can be, see `stackable`.
        stacked: whether they are.
        pruning: when they are stopped early.
        pool: errors of earlier trials at the rungs.
    """

    trials: tuple[Trial, ...]
    stacked: bool
    pruning: PruningParams | None = None
    pool: Pool = field(default_factory=dict)


def stackable(trial: Trial, *, linked: bool) -> bool:
    """Whether a trial's networks can stand in a stack with others.

    Args:
        trial: which.
        linked: whether windows are linked; rows then differ in which features they have, and
            every set of features is fitted by itself.
    """
    return trial.train.model in BY_GRADIENT and not linked


def own_epochs(train: TrainParams) -> bool:
    """Whether members of a stack may train for different numbers of epochs.

    With early stopping each fold decides; and where the learning rate falls towards the last epoch,
    every step depends on how many there are to be.
    """
    return train.early_stopping.patience is None and train.schedule.name in ENDLESS


def shape_key(trial: Trial) -> str:
    """Text that is the same for trials whose networks take the same steps on as many rows."""
    train = trial.train.model_dump(exclude=OWN)
    if trial.train.model == "linear":
        train["hidden"] = []
    if own_epochs(trial.train):
        del train["epochs"]
    return json.dumps([trial.features.pairs, train], sort_keys=True)


def make_batches(
    trials: Sequence[Trial], pruning: PruningParams | None, pool: Pool, *, linked: bool
) -> list[Batch]:
    """Put trials together that share shapes; others are evaluated one by one.

    What comes together depends on the trials alone, not on how many workers there are, as trials
    of a batch are compared with each other when they are pruned.

    Returns:
        The largest batches first, so that no worker begins a long one at the end.
    """
    groups: dict[str, list[Trial]] = {}
    batches: list[Batch] = []
    for trial in trials:
        if stackable(trial, linked=linked):
            groups.setdefault(shape_key(trial), []).append(trial)
        else:
            batches.append(Batch((trial,), stacked=False))
    for group in groups.values():
        # neighbours have the same features, and so the same design tables
        ordered = sorted(group, key=lambda one: (features_key(one.features), one.number))
        batches += [Batch(each, True, pruning, pool) for each in _even(ordered)]
    return sorted(batches, key=lambda batch: (-_work(batch), batch.trials[0].number))


def _even(trials: Sequence[Trial]) -> list[tuple[Trial, ...]]:
    """Parts of at most `MOST_MEMBERS`, all but equally large."""
    together = max(1, MOST_MEMBERS // trials[0].train.seeds)
    parts = -(-len(trials) // together)
    bounds = [len(trials) * part // parts for part in range(parts + 1)]
    return [tuple(trials[bounds[part] : bounds[part + 1]]) for part in range(parts)]


def _work(batch: Batch) -> float:
    """Roughly how long a batch takes, compared with others of its kind."""
    if not batch.stacked:
        return float("inf")
    return float(sum(one.train.epochs * (1 + sum(one.train.hidden)) for one in batch.trials))
