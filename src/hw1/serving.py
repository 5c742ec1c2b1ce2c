"""The served model: raw rows of the homework's CSV in, what a submission would hold out.

Its folder holds JSON and plain arrays only, so that loading it runs nothing that it brings along.
MLflow finds `_load_pyfunc` by name; this module itself needs numpy, pandas and safetensors.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hw1.core.errors import DataError
from hw1.core.files import write_bytes, write_json
from hw1.core.survey import TARGET
from hw1.fitted.storage import MODEL_FILE, WEIGHTS_FILE
from hw1.predictor import Predictor, submission_predictor
from hw1.raw_rows import windows_of
from hw1.submission import DECIMALS, PERCENTAGES, PROBABILITIES, Array, clip

FORMAT = "hw1 served model, version 1"
MANIFEST = "manifest.json"
FEATURES = "features.json"
FILES = (FEATURES, MODEL_FILE, WEIGHTS_FILE)


class ServedModel:
    """A predictor of raw CSV rows that answers with what a submission would hold.

    Attributes:
        predictor: fitted features and models.
        lowest: predictions are cut to `lowest`..`highest`, percent.
        highest: see `lowest`.
    """

    def __init__(self, predictor: Predictor, lowest: float, highest: float) -> None:
        self.predictor = predictor
        self.lowest = lowest
        self.highest = highest

    @property
    def sees_last_day(self) -> bool:
        """Whether it needs the other signals of the day that it predicts."""
        structure = self.predictor.structure
        last = set(structure.columns_of(structure.days))
        return any(
            feature.column in last or feature.minus in last
            for features, _ in self.predictor.parts
            for feature in features.features
        )

    def predict(self, rows: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Predict raw rows, each by itself.

        Args:
            rows: a test file as pandas reads it: one-hot states, then a block of signals a day,
                with suffixes from the second day on (`cli`, `cli.1`, ...), in percent. Columns are
                found by name; `id`, the target and any other column are not looked at, nor is the
                last day where the model has been fitted without it.
            params: not used; MLflow passes it.

        Returns:
            Numbers with the decimals of a submission, on the rows' index: `tested_positive`
            (percent), for the task `structured` followed by the day's other signals; or, for
            `classification`, `probability` alone, which is that of a rise.

        Raises:
            DataError: a column is missing or there twice, or a value is no number, not finite, no
                percentage, or does not name one state; the message says which.
        """
        del params
        structure = self.predictor.structure
        windows = windows_of(rows, structure, last_day=self.sees_last_day)
        answers = {name: _rounded(values) for name, values in self._answers(windows)}
        return pd.DataFrame(answers, index=rows.index)

    def _answers(self, windows: pd.DataFrame) -> Iterator[tuple[str, Array]]:
        """Columns by name, [rows] each: the ensemble's means, percentages cut to the limits."""
        task = self.predictor.target.task
        if task == "classification":
            yield PROBABILITIES.name, self.predictor.predict(windows).mean(axis=0)
        elif task == "structured":
            day = self.predictor.predict_day(windows).mean(axis=0)
            signals = self.predictor.structure.signals
            for place in (len(signals) - 1, *range(len(signals) - 1)):
                yield signals[place], clip(day[:, place], self.lowest, self.highest)[0]
        else:
            predicted = self.predictor.predict(windows).mean(axis=0)
            yield TARGET, clip(predicted, self.lowest, self.highest)[0]


def _rounded(values: Array) -> Array:
    """Values as a submission's text would give them back."""
    return np.array([float(f"{value:.{DECIMALS}f}") for value in values + 0.0], dtype=np.float64)


def save_model(folder: Path, files: Mapping[str, bytes], lowest: float, highest: float) -> None:
    """Write a folder that `_load_pyfunc` reads.

    Args:
        folder: where to write it.
        files: the content of each of `FILES`.
        lowest: predictions are cut to `lowest`..`highest`, percent.
        highest: see `lowest`.
    """
    for name in FILES:
        write_bytes(folder / name, files[name])
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in FILES}
    limits = {"lowest": lowest, "highest": highest}
    write_json(folder / MANIFEST, {"format": FORMAT, "sha256": digests, **limits})


def _load_pyfunc(path: str, model_config: Mapping[str, Any] | None = None) -> ServedModel:
    """Read a model's folder; MLflow calls this.

    Raises:
        DataError: a file is missing, was changed, or is not of this project.
    """
    del model_config
    folder = Path(path)
    manifest = _read_manifest(folder / MANIFEST)
    strangers = [file.name for file in folder.iterdir() if not file.name.startswith(".")]
    for name in sorted(set(strangers) - {*FILES, MANIFEST}):
        raise DataError(f"{folder / name} is no part of the model: only {', '.join(FILES)} are")
    for name in FILES:
        _require_digest(folder / name, manifest["sha256"].get(name))
    predictor = submission_predictor(folder / FEATURES, folder)
    for features, model in predictor.parts:
        if model.features != len(features.names):
            raise DataError(f"{folder / FEATURES} does not belong to {folder / MODEL_FILE}")
    return ServedModel(predictor, manifest["lowest"], manifest["highest"])


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path} is missing: its folder is no model of this project") from None
    except ValueError as problem:
        raise DataError(f"{path} is not valid JSON: {problem}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DataError(f"{path} does not say `{FORMAT}`: another program or version wrote it")
    try:
        limits_fit = 0.0 <= content["lowest"] <= content["highest"] <= PERCENTAGES.highest
    except (KeyError, TypeError):
        limits_fit = False
    if not limits_fit or not isinstance(content.get("sha256"), dict):
        raise DataError(f"{path} is damaged: `lowest`, `highest` or `sha256` makes no sense")
    return content


def _require_digest(path: Path, expected: str | None) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise DataError(f"{path} is missing; log the model again") from None
    if found != expected:
        raise DataError(
            f"{path} is not the file that was logged: its SHA-256 differs from {MANIFEST}'s"
        )
