"""Rows of the leaderboard: a variant each, or several that differ in their seeds only."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from hw1.board.entries import SEED, Entry
from hw1.compare.side import Side
from hw1.task_words import STRUCTURED

ROWS = ["id", "fold", "state", "weight", "target", "known"]
DEVIATION = "evaluate.seeds.ensemble_deviation"


@dataclass(frozen=True, eq=False)
class Row:
    """One line of the leaderboard; errors in the metric of its section, means over its runs.

    Attributes:
        name: what its variant is called, that of the lowest seed where there are several.
        entries: its variants by seed, one a run.
        value: error on validation rows.
        deviation: how much seeds move it: over the runs, or over the members of the only run's
            ensemble (a jackknife); None where neither tells.
        skill: share of persistence's MSE, or of the base rate's cross-entropy, that it saves on
            validation rows.
        auc: area under the ROC curve of a classification.
        test: error on all test rows, where the solution is known.
        extrapolation: `fails` where any run does, else `passes`; None where none was tried.
        seconds: time of the fit.
        day: what becomes of the predicted day's other signals: `hidden`, or `whole` where all of
            them are predicted; empty where they are shown, as the homework does.
    """

    name: str
    entries: tuple[Entry, ...]
    value: float
    deviation: float | None
    skill: float | None
    test: float | None
    extrapolation: str | None
    seconds: float | None
    auc: float | None = None
    day: str = ""

    @property
    def typical(self) -> Entry:
        """The run whose error is nearest to the mean: it stands for all where rows are compared."""
        return min(self.entries, key=lambda entry: abs(entry.value - self.value))

    @property
    def rows(self) -> str | None:
        """A digest of the validation rows, to find others on the same; None without predictions."""
        table = self.typical.side.predictions
        if table is None:
            return None
        text = table[ROWS].sort_values(ROWS).to_csv(index=False)
        return hashlib.sha256(text.encode()).hexdigest()


def rows_of(entries: Iterable[Entry]) -> list[Row]:
    """Rows by error, the lowest first.

    Of runs with the same seed, parameters, data and code, the latest counts: it is no other run.
    """
    groups: dict[str, dict[int, Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.record.created):
        groups.setdefault(_without_seed(entry), {})[entry.seed] = entry
    rows = [_row([runs[seed] for seed in sorted(runs)]) for runs in groups.values()]
    return sorted(rows, key=lambda row: (row.value, row.name, row.entries[0].record.variant.key))


def _without_seed(entry: Entry) -> str:
    variant = entry.record.variant
    parameters = {key: value for key, value in variant.parameters.items() if key != SEED}
    return json.dumps([parameters, variant.data, variant.code], sort_keys=True, default=str)


def _row(runs: Sequence[Entry]) -> Row:
    first, values = runs[0], [run.value for run in runs]
    metric = first.side.metric
    verdicts = {run.extrapolation for run in runs} - {None}
    return Row(
        name=first.record.name,
        entries=tuple(runs),
        value=mean(values),
        deviation=stdev(values) if len(runs) > 1 else _within(first.side),
        skill=_mean(run.side.metrics.get("evaluate.valid.skill") for run in runs),
        test=_mean(run.side.metrics.get(f"submit.score.all.{metric}") for run in runs),
        extrapolation=max(verdicts, key=lambda verdict: verdict == "fails", default=None),
        seconds=_mean(run.seconds for run in runs),
        auc=_mean(run.side.metrics.get("evaluate.valid.auc") for run in runs),
        day=_day(first.side),
    )


def _within(side: Side) -> float | None:
    """The deviation of an ensemble's error over seeds, in the metric it is judged by."""
    mse, deviation = side.metrics.get("evaluate.valid.mse"), side.metrics.get(DEVIATION)
    if deviation is None or side.metric != "rmse":
        return deviation
    return deviation / (2 * math.sqrt(mse)) if mse else None  # the square root's slope


def _day(side: Side) -> str:
    if side.task == STRUCTURED:
        return "whole"
    return "" if side.sees_last_day else "hidden"


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None
