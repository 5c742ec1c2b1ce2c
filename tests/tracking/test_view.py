import json
import shutil

import pytest
from browser_support import variant_texts
from task_support import classification_texts, structured_texts

from hw1.tracking.metrics import headline_names
from hw1.tracking.notes import NOTE_TAG, linked_note, run_note
from hw1.tracking.view import VIEW_TAG, set_view, view_tag

SMALLEST_TAG_LIMIT = 5000  # of an experiment's tag in older versions of MLflow


class Watched:
    """A client that counts what it writes."""

    def __init__(self, client):
        self.client = client
        self.writes = 0

    def get_experiment(self, experiment_id):
        return self.client.get_experiment(experiment_id)

    def set_experiment_tag(self, *arguments):
        self.writes += 1
        self.client.set_experiment_tag(*arguments)


@pytest.fixture
def client(empty_store, tmp_path):
    import mlflow

    store = shutil.copy(empty_store, tmp_path / "mlflow.db")
    return mlflow.MlflowClient(f"sqlite:///{store}")


def state(edition="sample"):
    return json.loads(json.loads(view_tag(edition, 1))["state"])


def test_the_view_is_stored_once(client):
    watched = Watched(client)
    experiment = client.create_experiment("hw1-sample")
    address = set_view(watched, experiment)
    assert address == (
        f"#/experiments/{experiment}/runs?workflowType=machine_learning&viewStateShareKey=hw1"
    )
    assert watched.writes == 3
    tags = client.get_experiment(experiment).tags
    assert "error/mse" in tags[VIEW_TAG]
    assert "edition `sample`" in tags[NOTE_TAG]

    watched.writes = 0
    assert set_view(watched, experiment) == address
    assert watched.writes == 0


@pytest.mark.fault("older files")
def test_an_older_view_is_renewed_and_a_persons_note_stays(client):
    experiment = client.create_experiment("hw1-sample")
    client.set_experiment_tag(experiment, VIEW_TAG, "older")
    client.set_experiment_tag(experiment, NOTE_TAG, "mine")
    set_view(client, experiment)
    tags = client.get_experiment(experiment).tags
    assert "error/mse" in tags[VIEW_TAG]
    assert tags[NOTE_TAG] == "mine"


def test_runs_are_ordered_by_the_editions_own_metric():
    assert state()["orderByKey"] == "metrics.`error/mse`"
    assert state("2021")["orderByKey"] == "metrics.`error/rmse`"
    assert state()["orderByAsc"] is True


def test_columns_start_with_what_decides():
    columns = state()["selectedColumns"]
    decisive = [f"metrics.`{name}`" for name in headline_names("mse")]
    apart = (
        "error_leaking/mse",
        "error_transductive/mse",
        "error_transductive/test_mse",
        "error_transductive/test_mse_expected",
        "classification/cross_entropy",
    )
    assert columns[:11] == [*decisive, *(f"metrics.`{name}`" for name in apart)]
    assert columns[11:13] == ["tags.`task`", "tags.`split`"]
    assert "params.`train.model`" in columns


def test_chosen_parameters_exist():
    from support import ROOT

    from hw1.core.sections import flatten, read_params

    known = dict(flatten(read_params(ROOT / "params.yaml")))
    chosen = [name for name in state()["selectedColumns"] if name.startswith("params.")]
    assert chosen
    assert {name.split("`")[1] for name in chosen} <= set(known)


def test_classifications_have_a_table_of_their_own(client):
    experiment = client.create_experiment("hw1-sample")
    address = set_view(client, experiment, probabilities=True)
    assert address.endswith("viewStateShareKey=hw1-classification")
    tag = client.get_experiment(experiment).tags["mlflow.sharedViewState.hw1-classification"]
    shown = json.loads(json.loads(tag)["state"])
    assert shown["orderByKey"] == "metrics.`classification/cross_entropy`"
    assert shown["searchFilter"].endswith("tags.task = 'classification'")
    assert "metrics.`classification/auc`" in shown["selectedColumns"]


def test_charts_stand_in_sections_that_exist():
    shown = state()
    sections = [section["uuid"] for section in shown["compareRunSections"]]
    assert sections[0] == "error"
    assert {chart["metricSectionId"] for chart in shown["compareRunCharts"]} <= set(sections)


def test_the_tag_fits_and_stays_the_same():
    assert len(view_tag("a_rather_long_edition_of_2021", 1_700_000_000_000)) < SMALLEST_TAG_LIMIT
    assert view_tag("sample", 5) == view_tag("sample", 5)


def test_a_runs_note_says_what_it_scores_and_how_to_get_it_back():
    note = run_note(
        variant_texts(1.25), [("features.k", 16), ("train.hidden", [8])], "dvc exp apply k16"
    )
    first, leaderboard, changes, restore, page = note.split("\n\n")
    assert first.startswith("**Validation MSE 1.250** [1.00, 1.50], 16.7 % better")
    assert "leaks" not in first
    assert leaderboard == (
        "Leaderboard MSE, scored offline: all 1.350, private 1.350, public 1.350"
    )
    assert changes == "Differs from the default in `features.k` = `16`, `train.hidden` = `[8]`"
    assert "`dvc exp apply k16`" in restore
    assert "`report.html`" in page
    linked = linked_note(note, "1", "abc")
    assert "[report.html](#/experiments/1/runs/abc/artifacts/report.html)" in linked
    assert linked_note(linked, "1", "abc") == linked


def test_a_leaking_split_is_marked():
    assert "**which leaks**" in run_note(variant_texts(method="random"), [], "x")


def test_linked_windows_are_marked():
    verdict, leaderboard = run_note(variant_texts(linked=True), [], "x").split("\n\n")[:2]
    assert "**transductive**" in verdict
    assert leaderboard.endswith(", transductive")


def test_a_note_leaves_out_what_is_not_known():
    note = run_note(variant_texts(4.0, metric="rmse", solution=False), [], "dvc repro")
    assert note.startswith("**Validation RMSE 2.000**")
    assert "Leaderboard" not in note
    assert "The default." in note


def test_a_note_on_a_classification_speaks_of_probabilities():
    verdict, *_, _restore, _page = run_note(classification_texts(), [], "x").split("\n\n")
    assert verdict.startswith("**Validation cross-entropy 0.6000** [0.550, 0.650], 13.0 % better")
    assert "than the base rate; **classification** of whether positivity rises" in verdict
    assert "AUC 0.741, 67.5 % right" in verdict
    note = run_note(classification_texts(), [], "x")
    assert "Test cross-entropy, scored offline: all 0.6200" in note
    assert "persistence" not in note


def test_a_note_on_structured_tells_of_all_signals():
    verdict = run_note(structured_texts(), [], "x").split("\n\n")[0]
    assert verdict.startswith("**Validation MSE 1.250**")
    assert "**structured**: all signals of the day, 8.2 % better than persistence" in verdict
