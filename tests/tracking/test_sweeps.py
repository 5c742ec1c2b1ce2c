import json
from pathlib import Path

import pytest
from report_support import make_outcome, make_report, make_results, make_trial
from tracking_support import all_runs, fabricate, history_of, publish

from hw1.core.errors import Hw1Error
from hw1.tracking import sweeps
from hw1.tracking.find import resolve_variant
from hw1.tracking.live_runs import LIVE_TAG
from hw1.tracking.notes import NOTE_TAG
from hw1.tracking.store import TrackerError, tracking_client
from hw1.tracking.sweep_notes import sweep_note
from hw1.tracking.sweep_runs import KIND_TAG, PARENT_TAG
from hw1.tracking.sweep_view import SWEEPS_TAG
from hw1.tracking.sweeps import publish_sweep
from hw1.tracking.sync import synchronise
from hw1.tracking.tags import VARIANT_TAG

VARIANT = fabricate()
PICTURE = {"history.png": b"picture"}


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """Pictures take a second each time, and have tests of their own."""
    monkeypatch.setattr("hw1.tracking.sweeps.draw_sweep", lambda _: PICTURE)


@pytest.fixture(scope="module")
def report():
    return make_report(30, shown=4)


def kinds(client):
    return sorted(str(run.data.tags.get(KIND_TAG)) for run in all_runs(client))


def test_a_search_is_a_run_with_its_best_trials_below(client, report):
    run_id = publish_sweep(report)
    assert kinds(client) == ["sweep", *["sweep-trial"] * 4]
    run = client.get_run(run_id)
    assert (run.info.run_name, run.info.status) == ("sweep-widths", "FINISHED")
    assert run.info.end_time - run.info.start_time == 150_000
    params, metrics = run.data.params, run.data.metrics
    assert json.loads(params["sweep.space"])["train.optimizer.learning_rate"]["log"] is True
    assert (params["sweep.sampler"], params["sweep.objective"]) == ("tpe", "members")
    assert metrics["sweep/best"] == report.best[0][1].members_mse
    assert metrics["sweep/corrected"] == metrics["sweep/best"] + metrics["sweep/optimism"]
    assert metrics["sweep/unseen.winner"] == 1.31
    assert metrics["sweep/trials_per_minute"] == 12
    counted = ("complete", "pruned", "diverged", "failed")
    assert sum(metrics[f"sweep/trials.{state}"] for state in counted) == 30
    steps = history_of(client, run_id, "sweep/best")
    assert steps[-1][1] == metrics["sweep/best"]
    assert [value for _, value in steps] == sorted((value for _, value in steps), reverse=True)
    files = sorted(entry.path for entry in client.list_artifacts(run_id))
    assert files == ["best.json", "plots", "settings.json", "trials.csv"]


def test_the_best_trials_have_parameters_curve_and_rank(client, report):
    run_id = publish_sweep(report)
    children = [run for run in all_runs(client) if run.data.tags.get(PARENT_TAG) == run_id]
    children.sort(key=lambda run: run.data.metrics["sweep/rank"])
    for run, (trial, outcome) in zip(children, report.best, strict=True):
        rank = int(run.data.metrics["sweep/rank"])
        assert run.info.run_name == f"sweep-widths #{rank}, trial {trial.number}"
        assert run.data.metrics["sweep/value"] == outcome.members_mse
        curve = history_of(client, run.info.run_id, "learning/valid_mse")
        assert curve == list(enumerate(outcome.curve, 1))
        for key, value in trial.overrides.items():
            assert run.data.params[key] == str(value)
        assert run.data.params["train.schedule.name"] == trial.train.schedule.name
        assert f"hw1 apply {trial.number}" in run.data.tags[NOTE_TAG]


def test_the_best_can_be_read_from_a_file(client, report, tmp_path):
    path = client.download_artifacts(publish_sweep(report), "best.json", str(tmp_path))
    best = json.loads(Path(path).read_text(encoding="utf-8"))
    assert best[0]["overrides"] == dict(report.best[0][0].overrides)
    assert best[0]["command"] == f"hw1 apply {report.best[0][0].number}"


def test_the_same_search_is_published_once(client, report):
    first = publish_sweep(report)
    before = {run.info.run_id for run in all_runs(client)}
    assert publish_sweep(report) == first
    assert {run.info.run_id for run in all_runs(client)} == before


def test_the_latest_state_replaces_the_older_and_another_search_stays(client, report):
    other = publish_sweep(make_report(12, name="o'ther", shown=1))
    first = publish_sweep(report)
    results = [*make_results(30), (make_trial(30, {"train.dropout": 0.1}), make_outcome(30, 0.9))]
    second = publish_sweep(make_report(31, results=results, shown=4))
    assert second != first
    runs = {run.info.run_id: run for run in all_runs(client)}
    assert {second, other} < set(runs)
    assert first not in runs
    assert kinds(client) == ["sweep", "sweep", *["sweep-trial"] * 5]
    assert runs[second].data.metrics["sweep/best"] < 1


def test_a_publication_that_fails_leaves_what_was_there(client, report, monkeypatch):
    first = publish_sweep(report)
    before = {run.info.run_id for run in all_runs(client)}

    later = make_report(31, shown=4)
    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "trial_points", broken_after(2))
        with pytest.raises(TrackerError, match="no space"):
            publish_sweep(later)
    assert {run.info.run_id for run in all_runs(client)} == before
    assert first in before
    publish_sweep(later)
    assert kinds(client) == ["sweep", *["sweep-trial"] * 4]


def broken_after(calls, real=sweeps.trial_points):
    """The points of some trials; the digest, which asks for those of all, gets them."""
    seen = []

    def points(result, report, rank):
        seen.append(rank)
        if len(seen) > len(report.best) + calls:
            raise OSError("no space")
        return real(result, report, rank)

    return points


@pytest.mark.fault("kill a sweep")
def test_what_a_killed_publication_leaves_is_removed_with_its_trials(client, report, monkeypatch):
    monkeypatch.setattr(sweeps, "delete_sweep", lambda *_: None)  # the process is gone
    monkeypatch.setattr(sweeps, "trial_points", broken_after(2))
    with pytest.raises(TrackerError):
        publish_sweep(report)
    assert len(all_runs(client)) > 2
    publish(VARIANT)
    (run,) = all_runs(client)
    assert VARIANT_TAG in run.data.tags


def test_a_search_whose_trials_were_deleted_is_published_again(client, report):
    first = publish_sweep(report)
    child = next(run for run in all_runs(client) if run.data.tags.get(PARENT_TAG) == first)
    client.delete_run(child.info.run_id)
    assert publish_sweep(report) != first
    assert kinds(client) == ["sweep", *["sweep-trial"] * 4]


def test_a_search_without_any_complete_trial_is_told(client):
    results = [(make_trial(0, {"train.dropout": 0.1}), make_outcome(0, 1, state="diverged"))]
    report = make_report(1, results=results, over_search=None, unseen=None, seconds=0.0)
    run = client.get_run(publish_sweep(report))
    assert "nothing won" in run.data.tags[NOTE_TAG]
    assert "sweep/best" not in run.data.metrics
    assert len(all_runs(client)) == 1


def test_variants_and_searches_leave_each_other_alone(project, client, report):
    for variant in (VARIANT, fabricate(dropout=0.3)):
        project.record(variant)
    assert len(synchronise(project.root, everything=True).published) == 2
    run_id = publish_sweep(report)
    for everything in (False, True):
        found = synchronise(project.root, everything=everything)
        assert (found.known, found.published, found.completed, found.skipped) == (2, [], [], [])
    variant = publish(VARIANT)
    assert publish_sweep(report) == run_id
    assert kinds(client) == ["None", "None", "sweep", *["sweep-trial"] * 4]
    assert resolve_variant(variant, project.root).record.variant == VARIANT.record.variant
    for name in (run_id, "sweep-widths"):
        with pytest.raises(Hw1Error, match="no experiment, revision, variant or run"):
            resolve_variant(name, project.root)


def test_the_table_of_variants_shows_no_search_and_the_other_view_nothing_else(client, report):
    publish(VARIANT)
    publish_sweep(report)
    experiment = client.get_experiment_by_name("hw1-sample")

    def shown(tag):
        wanted = json.loads(json.loads(experiment.tags[tag])["state"])["searchFilter"]
        return sorted(
            str(run.data.tags.get(KIND_TAG))
            for run in client.search_runs([experiment.experiment_id], wanted)
        )

    assert shown("mlflow.sharedViewState.hw1") == ["None"]
    assert shown(SWEEPS_TAG) == ["sweep", *["sweep-trial"] * 4]


def test_a_training_that_is_shown_stays(client, report):
    with tracking_client() as own:
        experiment = own.create_experiment("hw1-sample")
        run = own.create_run(experiment, tags={LIVE_TAG: "x"})
    publish_sweep(report)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"


def test_the_note_tells_the_search_in_plain_words(report):
    note = sweep_note(report)
    won, luck, unseen, searched, restore, files = note.split("\n\n")
    assert won.startswith(f"**Trial {report.best[0][0].number} won: validation MSE 1.")
    assert "looks better than it is, by about 0.0" in luck
    assert searched.startswith("Searched: 30 trials of 6 parameters on edition `sample`: ")
    assert "12 trials a minute" in searched
    assert unseen == (
        "By a split that the search has not seen, as ensembles, the winner's MSE is 1.310, that of "
        "the parameters it started from 1.370: 4.4% better."
    )
    assert restore.endswith(f"`hw1 apply {report.best[0][0].number}`")
    assert "trials.csv" in files


def test_a_store_that_does_not_answer_is_told(root, report, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(TrackerError):
        publish_sweep(report)
