"""One of the two variants that are compared, whatever it was read from."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hw1.compare.paired import Loss
from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.sections import flatten
from hw1.core.survey import Task
from hw1.evaluation.labels import is_transductive, leaks, split_label
from hw1.task_words import CLASSIFICATION, RISE, MainMetric, main_metric_of, sees_last_day, task_of

if TYPE_CHECKING:
    import pandas as pd

    from hw1.lineage.blobs import Blobs
    from hw1.lineage.record import Record

NUMBERS = {
    "evaluate": layout.EVALUATE_METRICS,
    "submit": layout.SUBMIT_METRICS,
    "train": layout.TRAIN_METRICS,
}
COLUMNS = {
    "id": "int64",
    "fold": "int64",
    "state": "str",
    "weight": "float64",
    "target": "float64",
    "known": "float64",
    "predicted": "float64",
}


@dataclass(frozen=True, eq=False)
class Side:
    """A variant as far as comparing it goes.

    Attributes:
        name: what the person called it: a run id, an experiment, a git revision.
        parameters: values by dotted key, such as `train.optimizer.name`.
        features: the score of every selected feature, by name.
        metrics: numbers by dotted name, such as `evaluate.valid.mse`; percentage points or their
            square.
        predictions: validation rows with `COLUMNS` (percent; classification has 0 or 1 and its
            probability), one line a row and fold; None where the file is not at hand.
        edition: name of the data.
        split: how validation rows were held out, marked where it leaks or is transductive.
        code: hash of the code that made it; empty where that is not known.
    """

    name: str
    parameters: dict[str, Any]
    features: dict[str, float]
    metrics: dict[str, float]
    predictions: pd.DataFrame | None
    edition: str
    split: str
    code: str = ""

    @classmethod
    def read(
        cls,
        name: str,
        parameters: Mapping[str, Any],
        texts: Mapping[str, str],
        predictions_csv: bytes | None,
        *,
        code: str = "",
    ) -> Side:
        """Put a side together from a variant's parameters and the content of its files.

        Args:
            name: what to call it.
            parameters: values by dotted key.
            texts: the metrics files' texts by path, such as `metrics/evaluate.json`; a missing
                one leaves its numbers out.
            predictions_csv: the content of data/evaluate/predictions.csv, if it is at hand.
            code: hash of its code, where known.

        Raises:
            DataError: a file is damaged.
        """
        contents = {stage: _json(name, texts, str(path)) for stage, path in NUMBERS.items()}
        features = _json(name, texts, str(layout.FEATURES_METRICS))
        return cls(
            name=name,
            parameters=dict(parameters),
            features=dict(features.get("selected", {})),
            metrics=_numbers(contents),
            predictions=None if predictions_csv is None else _predictions(name, predictions_csv),
            edition=str(parameters.get("ingest.edition", "")),
            split=split_label(
                str(parameters.get("ingest.split.method", "")),
                str(parameters.get("ingest.link", "none")),
            ),
            code=code,
        )

    @classmethod
    def of(cls, name: str, record: Record, blobs: Blobs) -> Side:
        """The side of a variant, without its predictions where their file is gone.

        Raises:
            DataError: a file is damaged.
        """
        try:
            predictions = blobs.read(str(layout.PREDICTIONS))
        except DataError:
            predictions = None
        variant = record.variant
        return cls.read(name, variant.parameters, record.texts, predictions, code=variant.code)

    @property
    def model(self) -> str:
        """The model's name, such as `mlp`."""
        return str(self.parameters.get("train.model", ""))

    @property
    def leaks(self) -> bool:
        """Whether its validation error is too good to be true."""
        return leaks(str(self.parameters.get("ingest.split.method", "")))

    @property
    def transductive(self) -> bool:
        """Whether it looks at days of other windows, and is no forecast."""
        return is_transductive(str(self.parameters.get("ingest.link", "none")))

    @property
    def task(self) -> Task:
        """What it learns."""
        return task_of(self.parameters)

    @property
    def sees_last_day(self) -> bool:
        """Whether it is shown the other signals of the day that it predicts."""
        return sees_last_day(self.parameters)

    @property
    def rise(self) -> float | None:
        """How far positivity has to rise to be told from no rise; None where nothing asks."""
        return float(self.parameters.get(RISE, 0.0)) if self.task == CLASSIFICATION else None

    @property
    def metric(self) -> MainMetric:
        """The metric that it is judged by."""
        return main_metric_of(self.task, self.edition)

    @property
    def loss(self) -> Loss:
        """What is compared row by row; it ranks as the metric does."""
        return "cross_entropy" if self.task == CLASSIFICATION else "mse"


def same_question(a: Side, b: Side) -> bool:
    """Whether two sides predict the same thing, so that their errors compare on the same rows."""
    return a.rise == b.rise


def _json(name: str, texts: Mapping[str, str], path: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(texts.get(path, "{}"))
    except ValueError as problem:
        raise DataError(f"{path} of {name} is not valid JSON: {problem}") from None
    return content


def _numbers(contents: dict[str, Any]) -> dict[str, float]:
    return {
        key: value
        for key, value in flatten(contents)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }


def _predictions(name: str, content: bytes) -> pd.DataFrame:
    import pandas as pd

    try:
        # Without this filter a state called NA would be read as a missing value.
        table = pd.read_csv(io.BytesIO(content), dtype=COLUMNS, na_filter=False)
        return table[list(COLUMNS)]
    except (ValueError, KeyError) as problem:
        raise DataError(f"{layout.PREDICTIONS} of {name} is damaged: {problem}") from None
