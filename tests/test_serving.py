import hashlib
import json
import pickle
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hw1.core.errors import DataError
from hw1.core.files import write_bytes, write_json
from hw1.core.survey import Structure
from hw1.features.columns import Feature
from hw1.features.map import FeatureMap
from hw1.fitted import storage
from hw1.fitted.linear import LinearFitted
from hw1.fitted.routed import Route, RoutedFitted
from hw1.ingest.reading import TEST_NAMES, find_file, read_edition
from hw1.predictor import submission_predictor
from hw1.raw_rows import raw_columns
from hw1.serving import FILES, MANIFEST, ServedModel, _load_pyfunc, save_model
from hw1.submission import write_submission
from hw1.target import Rise, Target, TargetScale, WholeDay

STRUCTURE = Structure(("AL", "NY"), ("cli", "tested_positive"), 3)
CSV = """id,AL,NY,cli,tested_positive,cli,tested_positive,cli
0,1,0,1.5,10.25,2.5,11.125,3.0
1,0,1,1.0,20.0,2.0,21.0,7.3333333
2,0,1,1.0,20.0,2.0,99.5,5.0
"""


def fitted_files(folder: Path, structure: Structure = STRUCTURE, members: int = 2) -> Path:
    """What features and train leave: members that add 1 and 3 times the last day's first signal."""
    signal = f"{structure.signals[0]}_day{structure.days}"
    features = FeatureMap((Feature("today", signal),), "none", (0.0,), (1.0,), None, ())
    content = {"structure": structure.to_dict(), "folds": {"final": features.to_dict()}}
    write_json(folder / "features.json", content)
    model = LinearFitted(np.array([[1.0], [3.0]])[:members], np.zeros(members))
    storage.save(folder, {"final": model}, TargetScale("change", "none"))
    return folder


def saved(folder: Path, source: Path, lowest: float = 0.0, highest: float = 100.0) -> Path:
    contents = {name: (source / name).read_bytes() for name in FILES}
    save_model(folder, contents, lowest, highest)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return saved(tmp_path / "data", fitted_files(tmp_path / "fitted"))


@pytest.fixture
def rows() -> pd.DataFrame:
    return pd.read_csv(StringIO(CSV))


def test_raw_rows_by_hand(folder, rows):
    predicted = _load_pyfunc(str(folder)).predict(rows)
    assert list(predicted.columns) == ["tested_positive"]
    # the last known day plus twice today's cli, with six decimals, cut to 100
    assert predicted["tested_positive"].tolist() == [17.125, 35.666667, 100.0]


def test_predictions_are_cut_where_the_submission_cuts_them(tmp_path, rows):
    folder = saved(tmp_path / "data", fitted_files(tmp_path), lowest=20.0, highest=30.5)
    assert _load_pyfunc(str(folder)).predict(rows)["tested_positive"].tolist() == [20.0, 30.5, 30.5]


def test_columns_are_found_by_name_and_others_are_not_looked_at(folder, rows):
    model = _load_pyfunc(str(folder))
    expected = model.predict(rows)
    assert model.predict(rows[rows.columns[::-1]]).equals(expected)
    assert model.predict(rows.drop(columns="id")).equals(expected)
    others = rows.assign(**{"tested_positive.2": np.nan, "note": "text", "id": "text"})
    assert model.predict(others, params={}).equals(expected)
    later = model.predict(rows.iloc[[2, 1]])
    assert later.index.tolist() == [2, 1]
    assert later.loc[1].equals(expected.loc[1])
    assert len(model.predict(rows.iloc[:0])) == 0


def agrees_with_submission(edition_folder: Path, tmp_path: Path) -> None:
    edition = read_edition(edition_folder)
    source = fitted_files(tmp_path / "fitted", edition.structure)
    predictor = submission_predictor(source / "features.json", source)
    predicted = np.clip(predictor.predict(edition.test).mean(axis=0), 0, 100)
    write_submission(tmp_path / "submission.csv", edition.test["id"].tolist(), predicted)
    submitted = pd.read_csv(tmp_path / "submission.csv")["tested_positive"]
    raw = pd.read_csv(find_file(edition_folder, TEST_NAMES))
    assert raw.columns.tolist() == ["id", *raw_columns(edition.structure)]
    served = _load_pyfunc(str(saved(tmp_path / "data", source))).predict(raw)
    assert served["tested_positive"].tolist() == submitted.tolist()


def test_a_test_file_gives_its_submission(edition_folder, tmp_path):
    agrees_with_submission(edition_folder, tmp_path)


def test_a_real_test_file_gives_its_submission(real_folder, tmp_path):
    agrees_with_submission(real_folder, tmp_path)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("cli.1", np.nan, r"row 1, column `cli\.1` holds nan; a finite number"),
        ("cli.1", None, r"row 1, column `cli\.1` holds"),
        ("cli", np.inf, "row 1, column `cli` holds inf"),
        ("cli", "many", "row 1, column `cli` holds many; a finite number"),
        ("tested_positive", 100.5, r"row 1, column `tested_positive`: 100\.5 is not in 0\.\.100"),
        ("cli.2", -1.0, r"row 1, column `cli\.2`: -1 is not in"),
        ("AL", 1, "row 1: one state column must hold 1"),
        ("NY", 0, "row 1: one state column must hold 1"),
        ("NY", 0.5, "row 1: one state column must hold 1"),
    ],
)
def test_a_wrong_value_is_named(folder, rows, column, value, message):
    rows[column] = rows[column].astype(object)
    rows.loc[1, column] = value
    with pytest.raises(DataError, match=message):
        _load_pyfunc(str(folder)).predict(rows)


def test_wrong_columns_are_named(folder, rows):
    model = _load_pyfunc(str(folder))
    with pytest.raises(DataError, match=r"missing: `cli\.2`; unknown columns: `cli_day3`"):
        model.predict(rows.rename(columns={"cli.2": "cli_day3"}))
    with pytest.raises(DataError, match=r"`AL`, `NY`, .* and 2 more; unknown columns: none"):
        model.predict(rows[["id"]])
    with pytest.raises(DataError, match="`cli` is there twice"):
        model.predict(pd.concat([rows, rows["cli"]], axis=1))


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"{name} is missing"):
        _load_pyfunc(str(folder))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.fault("pickle")
def test_a_changed_file_is_refused(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[-2] ^= 1
    write_bytes(folder / name, bytes(content))
    with pytest.raises(DataError, match=f"{name} is not the file that was logged"):
        _load_pyfunc(str(folder))


@pytest.mark.fault("pickle")
def test_a_pickle_is_refused_and_not_run(folder, tmp_path):
    class Harm:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "harm",))

    harm = pickle.dumps(Harm())
    write_bytes(folder / "weights.safetensors", harm)
    with pytest.raises(DataError, match=r"weights\.safetensors is not the file"):
        _load_pyfunc(str(folder))
    described = json.loads((folder / "model.json").read_text())
    described["weights_sha256"] = hashlib.sha256(harm).hexdigest()
    write_json(folder / "model.json", described)
    contents = {name: (folder / name).read_bytes() for name in FILES}
    save_model(folder, contents, 0.0, 100.0)  # now all that knows a hash vouches for it
    with pytest.raises(DataError, match=r"weights\.safetensors.* damaged"):
        _load_pyfunc(str(folder))
    assert not (tmp_path / "harm").exists()


@pytest.mark.fault("pickle")
def test_a_strange_file_is_refused(folder):
    write_bytes(folder / "model.pkl", b"")
    with pytest.raises(DataError, match=r"model\.pkl is no part of the model"):
        _load_pyfunc(str(folder))


def test_files_of_two_variants_are_refused(tmp_path):
    source = fitted_files(tmp_path / "fitted")
    other = json.loads((source / "features.json").read_text())
    features = other["folds"]["final"]["features"]
    features.append(features[0])
    write_json(source / "features.json", other)
    with pytest.raises(DataError, match=r"features\.json does not belong to .*model\.json"):
        _load_pyfunc(str(saved(tmp_path / "data", source)))

    fitted_files(tmp_path / "fitted")
    alone = fitted_files(tmp_path / "alone", members=1)
    shutil.copy(alone / "weights.safetensors", source)
    with pytest.raises(DataError, match=r"not the file that model\.json describes"):
        _load_pyfunc(str(saved(tmp_path / "data", source)))


@pytest.mark.fault("older files")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "hw1 served model, version 99"}, "does not say `hw1 served model, version 1`"),
        ({"lowest": 5.0, "highest": 4.0}, "is damaged"),
        ({"highest": float("nan")}, "is damaged"),
        ({"highest": "100"}, "is damaged"),
        ({"sha256": None}, "is damaged"),
        ({"sha256": {}}, "is not the file that was logged"),
    ],
)
def test_a_foreign_manifest_is_refused(folder, changes, message):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | changes))
    with pytest.raises(DataError, match=message):
        _load_pyfunc(str(folder))


@pytest.mark.fault("older files")
@pytest.mark.parametrize("text", ["", "[1, 2]", "null"])
def test_another_programs_manifest_is_refused(folder, text):
    (folder / MANIFEST).write_text(text)
    with pytest.raises(DataError, match=r"manifest\.json (is not valid JSON|does not say)"):
        _load_pyfunc(str(folder))


def test_it_serves_without_the_packages_that_train_and_track(folder):
    code = (
        f"import sys; from hw1.serving import _load_pyfunc; _load_pyfunc({str(folder)!r}); "
        "print(sorted({'mlflow', 'torch', 'sklearn', 'pydantic', 'dvc'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_a_raw_row_has_no_links_and_takes_the_route_without(tmp_path):
    structure = Structure(STRUCTURE.states, STRUCTURE.signals, STRUCTURE.days, "both")
    features = FeatureMap(
        (Feature("today", "cli_day3"), Feature("next:cli_day4", "cli_day4")),
        *("none", (0.0, 0.0), (1.0, 1.0), None, ()),
    )
    content = {"structure": structure.to_dict(), "folds": {"final": features.to_dict()}}
    write_json(tmp_path / "features.json", content)
    routes = (
        Route(np.array([0, 1]), LinearFitted(np.array([[9.0, 9.0]]), np.zeros(1))),
        Route(np.array([0]), LinearFitted(np.array([[1.0]]), np.zeros(1))),
    )
    model = {"final": RoutedFitted(2, routes)}
    storage.save(tmp_path, model, TargetScale("change", "none"))
    files = {name: (tmp_path / name).read_bytes() for name in FILES}
    save_model(tmp_path / "served", files, 0.0, 100.0)
    served = _load_pyfunc(str(tmp_path / "served"))
    rows = pd.read_csv(StringIO(CSV))
    expected = [11.125 + 3.0, 21.0 + 7.3333333, 100.0]
    assert served.predict(rows)["tested_positive"].tolist() == pytest.approx(expected)


def test_a_forecast_does_without_the_day_that_it_predicts(tmp_path, rows):
    features = FeatureMap((Feature("before", "cli_day2"),), "none", (0.0,), (1.0,), None, ())
    content = {"structure": STRUCTURE.to_dict(), "folds": {"final": features.to_dict()}}
    write_json(tmp_path / "features.json", content)
    model = {"final": LinearFitted(np.array([[2.0]]), np.zeros(1))}
    storage.save(tmp_path, model, TargetScale("change", "none"))
    served = _load_pyfunc(str(saved(tmp_path / "served", tmp_path)))
    assert not served.sees_last_day
    expected = [11.125 + 5.0, 21.0 + 4.0, 100.0]
    for given in (rows, rows.drop(columns="cli.2"), rows.assign(**{"cli.2": np.nan})):
        assert served.predict(given)["tested_positive"].tolist() == expected
    with pytest.raises(DataError, match=r"missing: `cli\.1`; unknown columns: none"):
        served.predict(rows.drop(columns="cli.1"))


def served_by(folder: Path, model: LinearFitted, target: Target) -> ServedModel:
    """A model whose only feature is yesterday's first signal."""
    features = FeatureMap((Feature("before", "cli_day2"),), "none", (0.0,), (1.0,), None, ())
    content = {"structure": STRUCTURE.to_dict(), "folds": {"final": features.to_dict()}}
    write_json(folder / "features.json", content)
    storage.save(folder, {"final": model}, target)
    return _load_pyfunc(str(saved(folder / "served", folder)))


def test_a_classification_answers_with_a_probability(tmp_path, rows):
    model = LinearFitted(np.array([[1.0], [-1.0]]), np.array([-2.0, 2.0 + np.log(3.0)]))
    answer = served_by(tmp_path, model, Rise(0.5)).predict(rows)
    assert list(answer.columns) == ["probability"]
    # members of logits 0.5 and log(3) - 0.5, then twice of 0 and log(3)
    assert answer["probability"].tolist() == pytest.approx([0.6339, 0.625, 0.625], abs=1e-4)


def test_structured_answers_with_the_whole_day_positivity_first(tmp_path, rows):
    coefficients = np.array([[[2.0, 3.0]]])  # one member, one feature, two signals
    model = LinearFitted(coefficients, np.zeros((1, 2)))
    served = served_by(tmp_path, model, WholeDay(TargetScale("change", "none"), STRUCTURE.signals))
    answer = served.predict(rows.drop(columns="cli.2"))
    assert list(answer.columns) == ["tested_positive", "cli"]
    assert answer["cli"].tolist() == [2.5 + 5.0, 2.0 + 4.0, 2.0 + 4.0]
    assert answer["tested_positive"].tolist() == [11.125 + 7.5, 21.0 + 6.0, 100.0]
