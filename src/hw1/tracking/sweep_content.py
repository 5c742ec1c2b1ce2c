"""What a search's runs hold: parameters, numbers and files.

The metrics of a search stand in a group of their own, so that no table ranks them among variants':

- `sweep/best` the least error so far, by trial; `sweep/optimism`, `sweep/optimism_in_bag`,
  `sweep/optimism_error` and `sweep/corrected` what of it is luck; `sweep/wins` and
  `sweep/within_noise` how sure the winner is; `sweep/unseen.winner`, `sweep/unseen.base` errors by
  a split that the search has not seen; `sweep/trials.complete`, ... how many trials ended so;
- of one trial: `sweep/value`, `sweep/members_mse`, `sweep/ensemble_mse`, `sweep/rank`,
  `sweep/seconds`, and its learning curve over all folds as `learning/valid_mse`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from hw1.core.sections import flatten
from hw1.sweep.report import SweepReport
from hw1.sweep.table import Result, table_csv
from hw1.sweep.trial import State
from hw1.tracking.metrics import LEARNING, Point, metric_name

GROUP = "sweep"
CURVE = f"{LEARNING}/valid_mse"
LONGEST_PARAM = 6000  # characters that MLflow takes; all of it stands in the artifact
TABLE_FILE, BEST_FILE, SETTINGS_FILE = "trials.csv", "best.json", "settings.json"


def sweep_params(report: SweepReport) -> dict[str, str]:
    """What was asked for, by name; the space and other nested settings as JSON."""
    asked = {"objective": report.objective} | dict(report.settings.get("sweep", {}))
    texts = {key: value if isinstance(value, str) else _json(value) for key, value in asked.items()}
    return {f"{GROUP}.{key}": text[:LONGEST_PARAM] for key, text in texts.items()}


def trial_params(result: Result) -> dict[str, Any]:
    """A trial's parameters by dotted key, as variants' runs have those of their sections."""
    trial, _ = result
    sections = {"features": trial.features.model_dump(), "train": trial.train.model_dump()}
    return dict(flatten(sections)) | dict(trial.overrides)


def sweep_points(report: SweepReport) -> list[Point]:
    """A search's numbers: name, value and step."""
    # MLflow lists them in this order
    values: dict[str, float | None] = {}
    found = report.over_search
    if found is not None:
        values |= {
            "corrected": found.corrected,
            "optimism": found.optimism,
            "optimism_error": found.standard_error,
            "optimism_in_bag": found.optimism_in_bag,
            "wins": found.wins,
            "within_noise": found.within_noise,
        }
    values |= {f"unseen.{name}": value for name, value in (report.unseen or {}).items()}
    values |= {f"trials.{state}": report.count(state) for state in get_args(State)}
    values |= {"trials_per_minute": report.trials_a_minute, "seconds": report.seconds}
    return [*_best_so_far(report), *_named(values)]


def trial_points(result: Result, report: SweepReport, rank: int) -> list[Point]:
    """A trial's numbers, the learning curve by epoch."""
    _, outcome = result
    values = {
        "rank": rank,
        "value": outcome.value(report.objective),
        "members_mse": outcome.members_mse,
        "ensemble_mse": outcome.ensemble_mse,
        "seconds": outcome.seconds,
    }
    curve = [(CURVE, value, epoch) for epoch, value in enumerate(outcome.curve, 1)]
    return [*_named(values), *(point for point in curve if math.isfinite(point[1]))]


def sweep_files(report: SweepReport) -> dict[str, bytes]:
    """A search's files by name, but for the pictures."""
    files = {
        TABLE_FILE: table_csv(report.results, report.objective),
        SETTINGS_FILE: _lines(report.settings),
    }
    if report.best:
        files[BEST_FILE] = _lines([_best_entry(result, report) for result in report.best])
    return {name: text.encode("utf-8") for name, text in files.items()}


def _best_entry(result: Result, report: SweepReport) -> dict[str, Any]:
    trial, outcome = result
    return {
        "trial": trial.number,
        "value": outcome.value(report.objective),
        "overrides": dict(trial.overrides),
        "command": report.command(trial.number),
    }


def _best_so_far(report: SweepReport) -> Iterator[Point]:
    least = math.inf
    for trial, outcome in sorted(report.results, key=lambda result: result[0].number):
        value = outcome.value(report.objective)
        if outcome.state == "complete" and value is not None and value < least:
            least = value
            yield f"{GROUP}/best", value, trial.number


def _named(values: Mapping[str, float | None]) -> Iterator[Point]:
    for name, value in values.items():
        if value is not None and math.isfinite(value):
            yield metric_name(GROUP, name), float(value), 0


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def _lines(value: Any) -> str:
    return (
        json.dumps(
            value, indent=2, sort_keys=True, ensure_ascii=False, default=str, allow_nan=False
        )
        + "\n"
    )
