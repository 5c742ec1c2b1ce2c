"""A real search of a project's pipeline, with trials that take no time."""

from contextlib import chdir
from dataclasses import replace
from typing import Any

from pipeline_support import Project

from hw1.sweep.reopen import reopen

SPACE = """\
sampler: random
trials: {trials}
seeds: 2
objective: members
seed: 0
at_once: 4
pruning: {{first_epoch: 1, reduction: 2}}
best: 2
unseen: forward
space:
  train.hidden: {{choices: [[4], [3, 2]]}}
  train.epochs: {{choices: [2, 4, 6]}}
  train.optimizer.learning_rate: {{low: 1.0e-3, high: 1.0e-1, log: true}}
  features.k: {{choices: [2, null]}}
"""


def write_space(project: Project, trials: int) -> str:
    """Write a search beside a project; returns its path."""
    path = project.root.parent / "space.yaml"
    path.write_text(SPACE.format(trials=trials))
    return str(path)


def found(project: Project, name: str) -> dict[int, Any]:
    """What a search has found by number, but for the time that it took."""
    with chdir(project.root), reopen(name, None) as search:
        return {
            trial.number: (trial, replace(outcome, seconds=0.0))
            for trial, outcome in search.results
        }
