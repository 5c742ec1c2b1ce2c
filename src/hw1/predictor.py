"""From a window of survey days to a percentage: fitted features, fitted model, target scale.

One class predicts wherever something is predicted, with the very objects that training fitted. It
needs numpy and pandas only.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hw1.core.errors import DataError, DivergedError
from hw1.core.layout import FINAL, fold_order
from hw1.core.survey import Structure
from hw1.features.map import FeatureMap, read_feature_maps
from hw1.fitted import storage
from hw1.fitted.base import Fitted
from hw1.target import Target, WholeDay

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Predictor:
    """An ensemble that predicts the last day's positivity, or the probability that it rises.

    Attributes:
        structure: the survey's states, signals and days.
        parts: pairs of features and the model fitted on them; their members are put together.
        target: what the models predict.
    """

    structure: Structure
    parts: tuple[tuple[FeatureMap, Fitted], ...]
    target: Target

    @classmethod
    def load(cls, features_json: Path, model_folder: Path, fold: str) -> "Predictor":
        """Read one fold's features and model.

        Args:
            features_json: what the features stage fitted.
            model_folder: what the train stage fitted.
            fold: the fold's number as text, or "final".

        Raises:
            DataError: a file is missing or damaged, or holds no such fold.
        """
        predictors = load_predictors(features_json, model_folder)
        if fold not in predictors:
            raise DataError(f"{model_folder} holds no model of fold {fold}: {_names(predictors)}")
        return predictors[fold]

    def predict(self, windows: pd.DataFrame) -> Array:
        """Predict rows, each by itself.

        Args:
            windows: `state` and the structure's visible day columns, percent. The target's column
                is put aside before anything is computed, so that it cannot leak.

        Returns:
            Positivity in percent, not cut to 0..100, or for the task `classification` the
            probability of a rise, [members, rows]. The ensemble's prediction is the mean over
            members.

        Raises:
            DataError: a column that is needed is missing or not finite, or a state is unknown.
            DivergedError: the model predicts something that is not finite.
        """
        known = self._known(windows, self.structure.known_column)
        return self.target.decode(self._outputs(windows), known)

    def predict_day(self, windows: pd.DataFrame) -> Array:
        """Predict all signals of the last day, in percent, [members, rows, signals].

        Args:
            windows: as in `predict`; the last day's columns may be missing.

        Raises:
            DataError: as in `predict`, or the task is not `structured`.
            DivergedError: the model predicts something that is not finite.
        """
        if not isinstance(self.target, WholeDay):
            raise DataError("the model predicts one number; `train.task: structured` a whole day")
        columns = self.structure.columns_of(self.structure.days - 1)
        known = np.column_stack([self._known(windows, column) for column in columns])
        return self.target.decode_day(self._outputs(windows), known)

    def _outputs(self, windows: pd.DataFrame) -> Array:
        """What the models output, [members, rows] or [members, rows, signals]."""
        visible = windows.drop(columns=self.structure.target_column, errors="ignore")
        members = [model.predict(features.apply(visible)) for features, model in self.parts]
        outputs = np.concatenate(members)
        others = tuple(axis for axis in range(outputs.ndim) if axis != 1)
        wrong = int((~np.isfinite(outputs)).any(axis=others).sum())
        if wrong:
            raise DivergedError(
                f"the model predicts values that are not finite for {wrong} of {len(windows)} "
                "rows: training diverged; lower `train.optimizer.learning_rate`"
            )
        return outputs

    def _known(self, windows: pd.DataFrame, column: str) -> Array:
        """A visible signal, percent, [rows]: where changes start."""
        if column not in windows:
            raise DataError(f"column `{column}` is missing: the prediction starts from it")
        numbers = pd.to_numeric(windows[column], errors="coerce")
        known: Array = numbers.to_numpy(dtype=np.float64)
        if not np.isfinite(known).all():
            row = int(np.flatnonzero(~np.isfinite(known))[0])
            raise DataError(f"row {row}, column `{column}`: a finite number is needed")
        return known


def load_predictors(features_json: Path, model_folder: Path) -> dict[str, Predictor]:
    """Read every fold's predictor that the train stage stored, by the fold's name.

    Raises:
        DataError: a file is missing or damaged, or the two do not belong together.
    """
    structure, maps = read_feature_maps(features_json)
    models, target = storage.load(model_folder)
    without = sorted(set(models) - set(maps))
    if without:
        raise DataError(f"{features_json} holds no features for fold {without[0]}; `dvc repro`")
    return {
        fold: Predictor(structure, ((maps[fold], model),), target) for fold, model in models.items()
    }


def submission_predictor(features_json: Path, model_folder: Path) -> Predictor:
    """The predictor for new rows: the model of all rows if there is one, else all folds' models.

    Raises:
        DataError: see `load_predictors`; or no model is stored at all.
    """
    predictors = load_predictors(features_json, model_folder)
    if FINAL in predictors:
        return predictors[FINAL]
    if not predictors:
        raise DataError(f"{model_folder} holds no model; `dvc repro --force train` makes it")
    folds = [predictors[fold] for fold in sorted(predictors, key=fold_order)]
    parts = tuple(part for fold in folds for part in fold.parts)
    return Predictor(folds[0].structure, parts, folds[0].target)


def _names(predictors: dict[str, Predictor]) -> str:
    return f"it has {', '.join(predictors)}" if predictors else "it is empty"
