"""What earlier versions of the project have written; see make_golden.py.

It loads and gives what it gave then. Where a later version cannot do that any more, its test is to
say instead which message a person gets, and that this names the file and what to do.
"""

import gzip
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import ROOT
from tracking_support import Fabricated, enter_project, publish

from hw1.board.entries import entry_of
from hw1.lineage.history import History
from hw1.lineage.lectures.ledger import LectureLedger
from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.ledger import Ledger
from hw1.lineage.record import Record
from hw1.lineage.restoring import restore_command
from hw1.predictor import submission_predictor
from hw1.serving import _load_pyfunc
from hw1.summary.show import print_summary_of
from hw1.sweep.reopen import reopen
from hw1.tracking.content import points

pytestmark = pytest.mark.fault("older files")

GOLDEN = Path(__file__).parent
MODELS = sorted(path.parent for path in GOLDEN.glob("*/*/manifest.json"))
RECORDS = sorted(GOLDEN.glob("*/record.json.gz"))
LECTURES = sorted(GOLDEN.glob("*/lecture_record.json"))
JOURNALS = sorted(GOLDEN.glob("*/search.journal"))
DIGITS = 1e-4  # of a percentage: a sum may be taken in another order elsewhere


def named(path):
    return f"{path.parent.name}-{path.name}"


def of_version(path):
    return path.parent.name


def test_there_are_golden_files_of_several_versions():
    assert len(RECORDS) >= 3
    assert len({path.parent for path in MODELS}) >= 3
    files = [path for path in GOLDEN.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    size = sum(path.stat().st_size for path in files)
    assert size < 150_000


@pytest.mark.parametrize("folder", MODELS, ids=named)
def test_a_served_model_answers_as_it_did(folder):
    rows = pd.read_csv(GOLDEN / "edition/covid.test.csv")
    expected = pd.read_csv(folder.with_suffix(".csv"))
    answers = _load_pyfunc(str(folder)).predict(rows)
    assert len(answers) == 18
    assert list(answers) == list(expected)
    np.testing.assert_allclose(answers, expected, atol=DIGITS, rtol=0)


@pytest.mark.parametrize("folder", MODELS, ids=named)
def test_a_fitted_model_is_read_and_written_as_it_was(folder, tmp_path):
    from hw1.fitted import storage

    folds, target = storage.load(folder)
    storage.save(tmp_path, folds, target)
    again, same = storage.load(tmp_path)
    assert list(again) == list(folds)
    assert same.to_dict() == target.to_dict()
    assert submission_predictor(folder / "features.json", tmp_path).parts


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A current folder with the shipped parameters, under git."""
    project = enter_project(tmp_path / "project", monkeypatch)
    for name in ("params.yaml", "variants.yaml"):
        shutil.copy(ROOT / name, project.root / name)
    project.git("add", ".")
    project.git("commit", "-qm", "the shipped parameters")
    return project


@pytest.mark.parametrize("path", RECORDS, ids=of_version)
def test_a_variants_record_is_read(path, project, capsys):
    record = Record.from_json(gzip.decompress(path.read_bytes()).decode())
    kept = project.root / f".dvc/tmp/hw1/variants/{record.variant.label}.json"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(gzip.decompress(path.read_bytes()))
    assert list(Ledger(project.root).records()) == [record]
    assert Record.from_json(record.to_json()) == record
    assert record.variant.parameters["train.model"] == "lasso"
    assert record.stages["train"].seconds > 0
    assert restore_command(record).startswith("none: data/raw/sample/covid.test.csv, ")
    (traces,) = History(project.root).traces().values()
    assert History(project.root).record(traces) == record
    entry = entry_of(record, project.root)
    assert entry.value > 0
    assert entry.side.task == "regression"
    print_summary_of(record.metrics)
    assert f"{entry.value:.4g}"[:4] in capsys.readouterr().out
    numbers = {name: value for name, value, _ in points(record)}
    assert numbers["error/mse"] == pytest.approx(entry.value)


@pytest.mark.parametrize("path", LECTURES, ids=of_version)
def test_a_lectures_record_is_read(path, tmp_path):
    record = LectureRecord.from_json(path.read_text())
    kept = tmp_path / f".dvc/tmp/hw1/lectures/records/{record.label}.json"
    kept.parent.mkdir(parents=True)
    shutil.copy(path, kept)
    assert LectureLedger(tmp_path).read(record.label) == record
    assert record.parameters == {"batch_size.seeds": 2, "data.edition": "sample"}
    assert record.changed == ("params.yaml",)


@pytest.mark.parametrize("path", JOURNALS, ids=of_version)
def test_a_search_is_found_again(path, tmp_path, monkeypatch):
    shutil.copy(path, tmp_path / "default.journal")
    monkeypatch.chdir(ROOT)
    with reopen("default", None, tmp_path) as found:
        assert [trial.number for trial, _ in found.results] == [0, 1, 2]
        trial, outcome = found.best()
        values = [other.members_mse for _, other in found.results]
        assert outcome.members_mse == min(values)
        assert set(trial.overrides) == {"train.model", "features.k"}


@pytest.mark.slow
@pytest.mark.parametrize("path", RECORDS, ids=of_version)
def test_a_variants_page_and_run_are_made(path, project, monkeypatch):
    """Of a variant whose files are gone from DVC's cache, from its record alone."""
    from hw1.report.page import page_html
    from hw1.report.rivals import find_rivals
    from hw1.report.surroundings import find_surroundings
    from hw1.tracking.pictures import draw_pictures

    record = Record.from_json(gzip.decompress(path.read_bytes()).decode())
    pictures = draw_pictures(record.texts, None)
    rivals = find_rivals(record, project.root)
    html = page_html(record, pictures, find_surroundings(record, restore_command(record), rivals))
    assert record.name.encode() in html
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert publish(Fabricated(record, {}))
