"""A result of a lecture's experiment is one run, whoever publishes it, however often."""

import json
import shutil
import time
from pathlib import Path

import pytest
from lecture_results_support import CODE, LECTURE, METRICS, PAGE, PICTURE, TABLE, LectureProject
from mlflow import MlflowClient
from tracking_support import all_runs, fabricate

from hw1.core.errors import DataError, Hw1Error
from hw1.lectures.frame.publishing import published
from hw1.lineage.history import History
from hw1.tracking.find import resolve_variant
from hw1.tracking.lectures.stage import publish
from hw1.tracking.lectures.view import EXPERIMENT, VIEW_TAG
from hw1.tracking.notes import NOTE_TAG
from hw1.tracking.sync import synchronise
from hw1.tracking.watch import Watcher

DOWN = "http://127.0.0.1:9"


@pytest.fixture
def lecture(project):
    return LectureProject(project)


def track(root, *, everything=False):
    """What `hw1 track` says of the lectures."""
    report = synchronise(root, everything=everything).lectures
    assert report.skipped == []
    return report.published, report.completed


def artifacts(client, run_id, folder=None):
    for entry in client.list_artifacts(run_id, folder):
        if entry.is_dir:
            yield from artifacts(client, run_id, entry.path)
        else:
            yield entry.path


def test_a_result_is_a_run_with_its_numbers_parameters_and_files(lecture, client):
    lecture.run(1.5)
    assert "in MLflow" in publish(LECTURE, 12.5)
    (run,) = all_runs(client)
    assert client.get_experiment(run.info.experiment_id).name == EXPERIMENT
    assert (run.info.run_name, run.info.status) == (LECTURE, "FINISHED")
    assert run.info.end_time - run.info.start_time == 12_500
    assert run.data.metrics == {"curves.fit/loss": 1.5, "curves/rows": 7, "curves/seconds": 12.5}
    assert run.data.params == {
        "curves.csv": "None",
        "curves.rates": "[1e-05, 0.1]",
        "curves.width": "100",
        "data.edition": "sample",
        "features.k": "None",
        "features.names": "['*']",
        "ingest.split.method": "forward",
    }
    tags = run.data.tags
    head = lecture.project.git("rev-parse", "HEAD")
    assert (tags["lecture"], tags["edition"], tags["git.changed"]) == (LECTURE, "sample", "nothing")
    assert tags["mlflow.source.git.commit"] == head
    expected = {METRICS, PAGE, PICTURE, TABLE, "lectures/params.yaml", "params.yaml"}
    assert set(artifacts(client, run.info.run_id)) == expected
    picture = Path(client.download_artifacts(run.info.run_id, PICTURE))
    assert picture.read_bytes() == b"PNG 1.5"


class KilledError(BaseException):
    """Stands for `kill -9`: nothing of what follows is done."""


@pytest.mark.fault("kill a publisher")
def test_a_killed_publisher_of_a_lecture_leaves_nothing_behind(lecture, client, monkeypatch):
    def killed(*_):
        raise KilledError

    lecture.run(1.5)
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_terminated", killed)
        patch.setattr(MlflowClient, "delete_run", lambda *_: None)
        with pytest.raises(KilledError):
            publish(LECTURE, 12.5)
    assert [run.info.status for run in all_runs(client)] == ["RUNNING"]
    publish(LECTURE, 12.5)
    (run,) = all_runs(client)
    assert (run.info.run_name, run.info.status) == (LECTURE, "FINISHED")


def test_its_note_has_what_the_page_found_and_the_pictures(lecture, client):
    lecture.run(1.5)
    publish(LECTURE, 1.0)
    (run,) = all_runs(client)
    blocks = run.data.tags[NOTE_TAG].split("\n\n")
    assert blocks[:2] == ["Two curves were fitted.", "- The loss is 1.5.\n- It was lower before."]
    assert blocks[2] == f"![{PICTURE}](get-artifact?path={PICTURE}&run_uuid={run.info.run_id})"
    assert blocks[3].startswith("Bring it back: `git stash && git checkout ")
    assert blocks[3].endswith(" && dvc repro lectures/dvc.yaml:curves`")
    assert PAGE in blocks[4]


def test_the_same_result_is_published_once_by_whomever(lecture, client):
    lecture.run(1.5)
    for _ in range(2):
        publish(LECTURE, 1.0)
    lecture.lock()
    assert track(lecture.root) == ([], [LECTURE])  # DVC's lock is new
    assert track(lecture.root) == ([], [])
    publish(LECTURE, 2.0)
    (run,) = all_runs(client)
    assert "lectures/dvc.lock" in set(artifacts(client, run.info.run_id))
    assert run.data.metrics["curves/seconds"] == 1.0


def test_other_results_and_other_parameters_are_other_runs_and_going_back_is_none(lecture, client):
    for width, loss in ((100, 1.5), (50, 1.25), (100, 1.5), (100, 1.75), (50, 1.25)):
        lecture.set_width(width)
        lecture.run(loss)
        publish(LECTURE, 1.0)
        lecture.lock()
        track(lecture.root)
    found = {(run.info.run_name, run.data.metrics["curves.fit/loss"]) for run in all_runs(client)}
    assert found == {(LECTURE, 1.5), (f"{LECTURE}, width=50", 1.25), (LECTURE, 1.75)}
    assert len(all_runs(client)) == 3


def test_what_a_server_that_is_down_has_missed_is_published_later(lecture, client, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", DOWN)
    for loss in (1.5, 1.25):
        lecture.run(loss)
        said = publish(LECTURE, 1.0)
        assert "did not answer" in said
        assert "`hw1 track`" in said
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert track(lecture.root)[0] == [LECTURE, LECTURE]
    assert track(lecture.root) == ([], [])
    runs = all_runs(client)
    for run in runs:  # also of the result that stands nowhere any more
        picture = Path(client.download_artifacts(run.info.run_id, PICTURE))
        assert picture.read_text() == f"PNG {run.data.metrics['curves.fit/loss']}"
    assert {run.data.metrics["curves.fit/loss"] for run in runs} == {1.5, 1.25}


def test_a_database_that_was_deleted_is_rebuilt(lecture, empty_store, client):
    for loss in (1.5, 1.25):
        lecture.run(loss)
        publish(LECTURE, 1.0)
    shutil.copy(empty_store, lecture.root / "mlflow.db")
    assert len(track(lecture.root)[0]) == 2
    assert len(all_runs(client)) == 2


def test_results_that_stand_in_the_lock_file_are_published(lecture, client):
    lecture.run(1.5)
    lecture.lock()
    commit = lecture.commit()
    assert track(lecture.root) == ([LECTURE], [])
    (run,) = all_runs(client)
    assert run.data.tags["restore"] == f"git stash && git checkout {commit[:7]}"
    assert "lectures/dvc.lock" in set(artifacts(client, run.info.run_id))
    publish(LECTURE, 1.0)  # a forced rerun
    (run,) = all_runs(client)
    assert run.data.metrics["curves/seconds"] == 1.0


def test_files_and_parameters_that_the_lock_file_does_not_describe_are_not_published(lecture):
    lecture.run(1.5)
    lecture.lock()
    lecture.run(1.25)
    assert track(lecture.root) == ([], [])
    lecture.run(1.5)
    for others in ({"width": 50}, {"width": 100, "added": 1}):
        lecture.set_width(**others)
        assert track(lecture.root) == ([], [])
    lecture.set_width(100)
    assert track(lecture.root)[0] == [LECTURE]


def test_how_to_bring_it_back_follows_what_git_holds(lecture, client):
    head = lecture.project.git("rev-parse", "--short=7", "HEAD")

    def restore():
        return all_runs(client)[-1].data.tags["restore"]

    lecture.set_width(50)
    lecture.run(1.25)
    publish(LECTURE, 1.0)
    override = "-S lectures/params.yaml:curves.width=50"
    target = "lectures/dvc.yaml:curves"
    assert restore() == f"git stash && git checkout {head} && dvc exp run {override} {target}"

    time.sleep(0.01)
    lecture.set_width(50, **{"over.rides": 1})
    lecture.run(1.0)
    publish(LECTURE, 1.0)
    assert restore().startswith("none: the commit has no key curves.over.rides")

    time.sleep(0.01)
    lecture.set_width(100)
    lecture.edit_code("code = 2\n")
    lecture.run(0.75)
    publish(LECTURE, 1.0)
    assert restore().startswith(f"none: {CODE} had changes that are in no commit")

    lecture.lock()
    commit = lecture.commit()
    assert track(lecture.root) == ([], [LECTURE])
    assert restore() == f"git stash && git checkout {commit[:7]}"
    assert f"\n\nBring it back: `{restore()}`" in all_runs(client)[-1].data.tags[NOTE_TAG]


def test_measured_times_come_back_with_no_rerun(lecture, client):
    lecture.run(1.5, reproducible=False)
    publish(LECTURE, 1.0)
    (run,) = all_runs(client)
    assert run.data.tags["restore"].startswith("none: another run measures other times")


def test_an_experiment_of_dvc_is_named(lecture, client, monkeypatch):
    monkeypatch.setenv("DVC_EXP_NAME", "narrow")
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", lecture.project.git("rev-parse", "HEAD"))
    lecture.run(1.5)
    publish(LECTURE, 1.0)
    (run,) = all_runs(client)
    assert (run.info.run_name, run.data.tags["restore"]) == ("narrow", "dvc exp apply narrow")


def test_a_deleted_run_stays_deleted_until_it_is_asked_for(lecture, client):
    lecture.run(1.5)
    publish(LECTURE, 1.0)
    (run,) = all_runs(client)
    client.delete_run(run.info.run_id)
    assert track(lecture.root) == ([], [])
    assert track(lecture.root, everything=True) == ([LECTURE], [])
    assert [each.info.run_id for each in all_runs(client)] == [run.info.run_id]


def test_a_run_that_was_not_finished_is_made_anew(lecture, client, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    lecture.run(1.5)
    with monkeypatch.context() as patch:
        patch.setattr("hw1.tracking.lectures.publish.lecture_files", fail)
        with pytest.raises(KeyboardInterrupt):
            publish(LECTURE, 1.0)
    assert all_runs(client) == []
    assert track(lecture.root)[0] == [LECTURE]


def test_lectures_and_variants_leave_each_other_alone(lecture, client):
    lecture.project.record(fabricate())
    lecture.run(1.5)
    publish(LECTURE, 1.0)
    report = synchronise(lecture.root, everything=True)
    assert (report.known, len(report.published)) == (1, 1)
    experiments = {each.name: each.experiment_id for each in client.search_experiments()}
    assert set(experiments) == {"Default", "hw1-sample", EXPERIMENT}
    assert len(client.search_runs([experiments["hw1-sample"]])) == 1
    assert len(History(lecture.root).traces()) == 1
    (run,) = client.search_runs([experiments[EXPERIMENT]])
    with pytest.raises(Hw1Error, match="no experiment, revision, variant or run"):
        resolve_variant(run.info.run_id, lecture.root)


def test_the_table_of_lectures_has_a_view_and_a_note(lecture, client):
    lecture.run(1.5)
    publish(LECTURE, 1.0)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    state = json.loads(json.loads(experiment.tags[VIEW_TAG])["state"])
    assert "tags.`lecture`" in state["selectedColumns"]
    assert "lecture" in experiment.tags[NOTE_TAG]


def test_someone_who_watches_sees_new_results(lecture, client):
    told = []
    watcher = Watcher(lecture.root, told.append)
    lecture.run(1.5)
    lecture.lock()
    for _ in range(2):
        watcher.tick()
    assert told == [f"published lecture `{LECTURE}`"]
    assert len(all_runs(client)) == 1


def test_a_stage_has_its_results_published_by_another_process(lecture, client, monkeypatch):
    monkeypatch.setenv("DVC_STAGE", LECTURE)
    monkeypatch.setenv("HW1_WARM", "1")
    with published(LECTURE):
        lecture.run(1.5)
    (run,) = all_runs(client)
    assert run.data.metrics["curves.fit/loss"] == 1.5


def test_a_stage_that_fails_or_runs_by_itself_publishes_nothing(lecture, client, monkeypatch):
    with published(LECTURE):
        lecture.run(1.5)
    monkeypatch.setenv("DVC_STAGE", LECTURE)
    with pytest.raises(ZeroDivisionError), published(LECTURE):
        lecture.run(1 / 0)
    assert all_runs(client) == []


def test_a_stage_that_cannot_publish_says_so_and_ends_well(lecture, monkeypatch, capfd):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", DOWN)
    monkeypatch.setenv("DVC_STAGE", LECTURE)
    with published(LECTURE, ahead=False):
        lecture.run(1.5)
    said, complaints = capfd.readouterr()
    assert said.startswith(f"{LECTURE}: ")
    assert "`hw1 track` publishes it" in said
    assert complaints == ""


def test_results_that_are_not_whole_are_refused(lecture):
    lecture.run(1.5)
    (lecture.root / PICTURE).unlink()
    with pytest.raises(DataError, match=PICTURE):
        publish(LECTURE, 1.0)
    assert track(lecture.root) == ([], [])
