"""The experiment as the lectures' pipeline runs it."""

from __future__ import annotations

from hw1.lectures.batch_size.experiment import run
from hw1.lectures.batch_size.page import page_of
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.lectures.batch_size.pictures import draw
from hw1.lectures.batch_size.reading import read_ground
from hw1.lectures.batch_size.summary import metrics_of, noise_table, remedies_table, runs_table
from hw1.lectures.frame.data import edition_in_use
from hw1.lectures.frame.experiment import Experiment, Findings


def compute(params: BatchSizeParams) -> Findings:
    """Read the edition, train and measure everything."""
    edition = edition_in_use()
    ground = read_ground(params, edition)
    results = run(params, ground)
    return Findings(
        metrics={"edition": edition, **metrics_of(params, ground, results)},
        tables={
            "runs": runs_table(params, results),
            "noise": noise_table(results),
            "remedies": remedies_table(params, results),
        },
    )


EXPERIMENT = Experiment("batch_size", BatchSizeParams, compute, draw, page_of)
