import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hw1.core.errors import DataError, Hw1Error
from hw1.core.files import write_json
from hw1.core.survey import Structure
from hw1.features.columns import Feature
from hw1.features.map import FeatureMap
from hw1.fitted import storage
from hw1.fitted.linear import LinearFitted
from hw1.predictor import Predictor, load_predictors, submission_predictor
from hw1.target import TargetScale

STRUCTURE = Structure(("AL", "NY"), ("cli", "tested_positive"), 3)
FEATURES = FeatureMap((Feature("cli_day3", "cli_day3"),), "none", (1.0,), (2.0,), None, ())
CHANGE = TargetScale("change", "none")


def linear(*members: tuple[float, float]) -> LinearFitted:
    """Members as pairs of coefficient and intercept."""
    return LinearFitted(
        np.array([[coefficient] for coefficient, _ in members]),
        np.array([intercept for _, intercept in members]),
    )


def stored(folder: Path, folds: dict[str, LinearFitted]) -> tuple[Path, Path]:
    maps = {fold: FEATURES.to_dict() for fold in ("0", "1", "10", "final")}
    write_json(folder / "features.json", {"structure": STRUCTURE.to_dict(), "folds": maps})
    storage.save(folder / "model", folds, CHANGE)
    return folder / "features.json", folder / "model"


@pytest.fixture
def windows() -> pd.DataFrame:
    columns = STRUCTURE.day_columns
    rows = np.arange(len(columns) * 4, dtype=float).reshape(4, -1)
    return pd.DataFrame(rows, columns=columns).assign(id=range(4), state="AL")


def test_prediction_by_hand(windows):
    predictor = Predictor(STRUCTURE, ((FEATURES, linear((2.0, 0.5), (0.0, 0.0))),), CHANGE)
    predicted = predictor.predict(windows)
    known, cli = windows["tested_positive_day2"], windows["cli_day3"]
    assert predicted.shape == (2, 4)
    assert predicted[0] == pytest.approx(known + 2 * (cli - 1) / 2 + 0.5)
    assert predicted[1] == pytest.approx(known)


def test_the_target_is_never_looked_at(windows):
    predictor = Predictor(STRUCTURE, ((FEATURES, linear((2.0, 0.5))),), CHANGE)
    hidden = predictor.predict(windows.drop(columns="tested_positive_day3"))
    assert np.array_equal(hidden, predictor.predict(windows.assign(tested_positive_day3=np.nan)))
    leaking = FeatureMap((Feature("t", "tested_positive_day3"),), "none", (0.0,), (1.0,), None, ())
    with pytest.raises(DataError, match="tested_positive_day3"):
        Predictor(STRUCTURE, ((leaking, linear((1.0, 0.0))),), CHANGE).predict(windows)


def test_rows_are_predicted_each_by_itself(windows):
    predictor = Predictor(STRUCTURE, ((FEATURES, linear((0.3, 0.1), (0.7, 0.2))),), CHANGE)
    together = predictor.predict(windows)
    alone = [predictor.predict(windows.iloc[[row]]) for row in range(len(windows))]
    assert np.concatenate(alone, axis=1) == pytest.approx(together, rel=1e-12)
    backwards = predictor.predict(windows.iloc[::-1])
    assert backwards[:, ::-1] == pytest.approx(together, rel=1e-12)


def test_saved_and_loaded_predicts_the_same(windows, tmp_path):
    model = linear((2.0, 0.5), (1.0, 0.0))
    paths = stored(tmp_path, {"0": model})
    expected = Predictor(STRUCTURE, ((FEATURES, model),), CHANGE).predict(windows)
    assert np.array_equal(Predictor.load(*paths, "0").predict(windows), expected)
    with pytest.raises(DataError, match="no model of fold 7: it has 0"):
        Predictor.load(*paths, "7")


def test_a_submission_uses_the_final_model_where_there_is_one(windows, tmp_path):
    paths = stored(tmp_path, {"0": linear((1.0, 0.0)), "final": linear((2.0, 0.5))})
    final = load_predictors(*paths)["final"].predict(windows)
    assert np.array_equal(submission_predictor(*paths).predict(windows), final)


def test_a_submission_is_the_mean_of_all_folds_without_a_final_model(windows, tmp_path):
    folds = {"0": linear((1.0, 0.0)), "1": linear((2.0, 0.0)), "10": linear((3.0, 1.0))}
    paths = stored(tmp_path, folds)
    predicted = submission_predictor(*paths).predict(windows)
    singles = [loaded.predict(windows) for loaded in load_predictors(*paths).values()]
    assert predicted.shape == (3, 4)
    assert predicted.mean(axis=0) == pytest.approx(np.mean(singles, axis=0)[0])


def test_a_model_without_its_features_is_refused(tmp_path):
    paths = stored(tmp_path, {"5": linear((1.0, 0.0))})
    with pytest.raises(DataError, match="no features for fold 5"):
        load_predictors(*paths)


@pytest.mark.fault("divergence")
@pytest.mark.parametrize("transform", ["none", "arcsine_sqrt"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_diverged_model_says_so(windows, transform, value):
    scale = TargetScale("change", transform)
    predictor = Predictor(STRUCTURE, ((FEATURES, linear((value, 0.0))),), scale)
    with pytest.raises(Hw1Error, match="diverged"):
        predictor.predict(windows)


def test_missing_and_damaged_columns_are_named(windows):
    predictor = Predictor(STRUCTURE, ((FEATURES, linear((1.0, 0.0))),), CHANGE)
    with pytest.raises(DataError, match="`tested_positive_day2` is missing"):
        predictor.predict(windows.drop(columns="tested_positive_day2"))
    with pytest.raises(DataError, match="cli_day3"):
        predictor.predict(windows.drop(columns="cli_day3"))
    windows.loc[2, "tested_positive_day2"] = np.nan
    with pytest.raises(DataError, match="row 2, column `tested_positive_day2`"):
        predictor.predict(windows)


def test_predicting_imports_neither_torch_nor_scikit_learn(tmp_path, windows):
    features, model = stored(tmp_path, {"0": linear((1.0, 0.0))})
    windows.to_csv(tmp_path / "windows.csv", index=False)
    code = f"""
import sys, pathlib, pandas
import hw1.evaluation.report, hw1.evaluation.leaderboard, hw1.submission
from hw1.predictor import Predictor
predictor = Predictor.load(pathlib.Path({str(features)!r}), pathlib.Path({str(model)!r}), "0")
predictor.predict(pandas.read_csv({str(tmp_path / "windows.csv")!r}))
print(sorted({{"torch", "sklearn", "scipy", "mlflow", "matplotlib"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"
