"""The experiment as its stage runs it."""

from __future__ import annotations

from hw1.core.sections import load_section
from hw1.lectures.critical_points.data import training_params, training_rows
from hw1.lectures.critical_points.explore import explore
from hw1.lectures.critical_points.metrics import experiment_metrics
from hw1.lectures.critical_points.page import page
from hw1.lectures.critical_points.params import CriticalPointsParams
from hw1.lectures.critical_points.pictures import draw
from hw1.lectures.critical_points.tables import (
    escape_table,
    points_table,
    spectra_table,
    toy_table,
)
from hw1.lectures.frame.data import edition_in_use
from hw1.lectures.frame.experiment import Experiment, Findings
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.train import TrainParams


def compute(params: CriticalPointsParams) -> Findings:
    """Run the experiment with what params.yaml and data/raw/ of the current folder hold."""
    edition = edition_in_use()
    train = training_params(params, load_section("train", TrainParams))
    rows = training_rows(
        params,
        load_section("ingest", IngestParams).model_copy(update={"edition": edition}),
        load_section("features", FeaturesParams),
        train,
    )
    explored = explore(params, train, rows)
    return Findings(
        metrics={"edition": edition, **experiment_metrics(explored, params)},
        tables={
            "points": points_table(explored),
            "spectra": spectra_table(explored),
            "escape": escape_table(explored),
            "toy": toy_table(),
        },
    )


EXPERIMENT = Experiment(
    name="critical_points",
    section=CriticalPointsParams,
    compute=compute,
    draw=draw,
    page=page,
)
