"""The metrics files of a variant, read once; what a file does not hold is simply not there."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1.core import layout
from hw1.core.survey import Task
from hw1.evaluation.labels import metric_label
from hw1.task_words import CLASSIFICATION, MainMetric, task_in


@dataclass(frozen=True)
class Files:
    """What a variant's stages wrote into metrics/.

    Attributes:
        ingest: the audit.
        features: selected features and their scores.
        train: the model and what fitting it gave.
        evaluate: errors on validation rows.
        submit: the submission and, where it can be known, its score.
        by_state: rows of by_state.csv.
        by_level: rows of by_level.csv.
    """

    ingest: dict[str, Any]
    features: dict[str, Any]
    train: dict[str, Any]
    evaluate: dict[str, Any]
    submit: dict[str, Any]
    by_state: list[dict[str, str]]
    by_level: list[dict[str, str]]

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Files:
        """Read the texts of metrics files and plot data, by path."""

        def content(path: Path) -> dict[str, Any]:
            found: dict[str, Any] = json.loads(texts.get(path.as_posix(), "{}"))
            return found

        def table(path: Path) -> list[dict[str, str]]:
            return list(csv.DictReader(texts.get(path.as_posix(), "").splitlines()))

        return cls(
            ingest=content(layout.INGEST_METRICS),
            features=content(layout.FEATURES_METRICS),
            train=content(layout.TRAIN_METRICS),
            evaluate=content(layout.EVALUATE_METRICS),
            submit=content(layout.SUBMIT_METRICS),
            by_state=table(layout.BY_STATE),
            by_level=table(layout.BY_LEVEL),
        )

    @property
    def task(self) -> Task:
        """What the variant learns."""
        return task_in(self.evaluate)

    @property
    def metric(self) -> MainMetric:
        """The metric that the variant is judged by."""
        name: MainMetric = self.evaluate["main"]["metric"]
        return name

    @property
    def squared(self) -> str:
        """The name of what `own` gives."""
        return metric_label("brier" if self.task == CLASSIFICATION else self.metric)

    def own(self, mse: float) -> float:
        """The edition's own metric from an MSE; that of probabilities is the Brier score."""
        return mse**0.5 if self.metric == "rmse" else mse
