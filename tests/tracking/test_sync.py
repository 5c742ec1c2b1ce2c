import shutil
import subprocess

import mlflow
import pytest
from tracking_support import all_runs, fabricate, history_of, publish

from hw1.core.place import STATE
from hw1.lineage.record import Timing
from hw1.tracking.store import TrackerError
from hw1.tracking.sync import synchronise
from hw1.tracking.tags import INCOMPLETE_TAG, RESTORE_TAG, label_of

FIRST, SECOND, THIRD = (fabricate(dropout=value) for value in (0.1, 0.2, 0.3))
CURVE = "learning/fold_0.valid_mse"


def labels(variants):
    return {variant.record.variant.label for variant in variants}


def published(client):
    """The labels of all runs, which must be finished and one a variant."""
    runs = all_runs(client)
    found = [label_of(run.data.tags) for run in runs]
    assert len(set(found)) == len(found)
    assert {run.info.status for run in runs} <= {"FINISHED"}
    return set(found)


def contents(client):
    """All that a variant's run shows of it, by label; not when and by whom it was published."""
    return {
        label_of(run.data.tags): (
            run.info.run_name,
            run.info.end_time,
            run.data.metrics,
            run.data.params,
            # the link to the run's page names the run
            {tag: text.replace(run.info.run_id, "") for tag, text in run.data.tags.items()},
            history_of(client, run.info.run_id, CURVE),
            sorted(entry.path for entry in client.list_artifacts(run.info.run_id)),
        )
        for run in all_runs(client)
    }


def of(client, variant):
    wanted = variant.record.variant.label
    (run,) = [run for run in all_runs(client) if label_of(run.data.tags) == wanted]
    return run


def test_without_any_variant_there_is_nothing_to_do(project):
    (project.root / "mlflow.db").unlink()
    report = synchronise(project.root, everything=True)
    assert (report.known, report.published, report.skipped) == (0, [], [])
    assert not (project.root / "mlflow.db").exists()


def test_what_is_missing_is_published_from_wherever_it_is_held(project, client):
    old = fabricate(dropout=0.4)
    for variant in (old, FIRST, SECOND):
        project.cache(variant)
    project.commit(old)
    project.commit(FIRST)
    project.experiment("apart", SECOND)
    project.record(THIRD)
    report = synchronise(project.root, everything=False)
    assert report.known == 3
    assert sorted(report.published) == ["apart", "default", "dropout=0.3"]
    assert published(client) == labels([FIRST, SECOND, THIRD])
    report = synchronise(project.root, everything=True)
    assert (report.known, len(report.published)) == (4, 1)
    assert published(client) == labels([FIRST, SECOND, THIRD, old])
    assert not any(INCOMPLETE_TAG in run.data.tags for run in all_runs(client))


@pytest.mark.parametrize("everything", [False, True])
def test_what_is_up_to_date_stays_as_it_is(project, client, everything):
    for variant in (FIRST, SECOND, THIRD):
        project.record(variant.known(commit=project.git("rev-parse", "HEAD")))
    project.commit(FIRST)
    project.commit(SECOND)
    project.experiment("apart", SECOND)
    synchronise(project.root, everything=everything)
    before = contents(client)
    report = synchronise(project.root, everything=everything)
    assert (report.published, report.completed, report.skipped) == ([], [], [])
    assert contents(client) == before


def test_a_deleted_database_is_built_anew(project, client, empty_store, monkeypatch):
    timed = {"train": Timing(True, 12.5)}
    head = project.git("rev-parse", "HEAD")
    project.record(FIRST.known(name="by repro alone", commit=head, stages=timed))
    project.record(SECOND.known(experiment="apart", baseline=head, commit=head))
    project.experiment("apart", SECOND)
    project.cache(THIRD)
    project.commit(THIRD)
    synchronise(project.root, everything=True)
    before = contents(client)
    assert len(before) == 3
    (project.root / "mlflow.db").unlink()
    shutil.rmtree(project.root / "mlartifacts")

    shutil.copy(empty_store, project.root / "mlflow.db")
    # another name for the same file: MLflow holds on to what it knows by name
    uri = f"sqlite:///{project.root}/../{project.root.name}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert len(synchronise(project.root, everything=True).published) == 3
    assert contents(mlflow.MlflowClient(uri)) == before


def test_a_clone_has_its_runs_from_git_and_the_cache(project, client, tmp_path, empty_store):
    project.record(FIRST)
    project.cache(SECOND)
    project.commit(FIRST)
    project.experiment("apart", SECOND)
    synchronise(project.root, everything=True)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(project.root), str(clone)], check=True)
    fetch = ["git", "fetch", "-q", "origin", "refs/exps/*:refs/exps/*"]
    subprocess.run(fetch, cwd=clone, check=True)
    shutil.copytree(project.root / ".dvc/cache", clone / ".dvc/cache")
    shutil.copy(empty_store, clone / "mlflow.db")
    mlflow.set_tracking_uri(f"sqlite:///{clone}/mlflow.db")

    synchronise(clone, everything=True)
    theirs = mlflow.MlflowClient(f"sqlite:///{clone}/mlflow.db")
    assert published(theirs) == labels([FIRST, SECOND])
    for variant in (FIRST, SECOND):
        own, other = of(client, variant), of(theirs, variant)
        assert (other.data.metrics, other.data.params) == (own.data.metrics, own.data.params)
        assert INCOMPLETE_TAG not in other.data.tags
        assert history_of(theirs, other.info.run_id, CURVE) == [(1, 3.0), (2, 2.0), (3, 1.5)]


def test_names_revisions_and_commits_are_completed(project, client):
    head = project.git("rev-parse", "HEAD")
    publish(project.record(FIRST.known(experiment="mine", baseline=head)))
    revision = project.experiment("mine", FIRST)
    report = synchronise(project.root, everything=False)
    assert (report.published, len(report.completed)) == ([], 1)
    tags = of(client, FIRST).data.tags
    assert tags["dvc.experiment.revision"] == revision
    assert tags[RESTORE_TAG] == "dvc exp apply mine"

    project.experiment("another", FIRST)
    commit = project.commit(FIRST)
    synchronise(project.root, everything=False)
    tags = of(client, FIRST).data.tags
    assert tags["dvc.experiment"] == "another, mine"
    assert tags["git.committed"] == commit


def test_after_an_experiment_is_removed_another_command_restores(project, client):
    head = project.git("rev-parse", "HEAD")
    made = FIRST.known(experiment="mine", baseline=head, commit=head, changed=("params.yaml",))
    publish(project.record(made))
    project.experiment("mine", FIRST)
    synchronise(project.root, everything=False)
    project.remove_experiment("mine")
    assert len(synchronise(project.root, everything=False).completed) == 1
    said = f"git stash && git checkout {head[:7]} && dvc exp run -S train.dropout=0.1"
    assert of(client, FIRST).data.tags[RESTORE_TAG] == said
    commit = project.commit(FIRST)
    synchronise(project.root, everything=False)
    said = f"git stash && git checkout {commit[:7]} && dvc checkout"
    assert of(client, FIRST).data.tags[RESTORE_TAG] == said


def test_a_commit_restores_also_when_others_have_followed(project, client):
    """Its experiment is removed after its commit; that commit is not the newest any more."""
    head = project.git("rev-parse", "HEAD")
    changed = ("params.yaml", "stages/train.py")
    made = FIRST.known(experiment="mine", baseline=head, commit=head, changed=changed)
    publish(project.record(made))
    project.experiment("mine", FIRST)
    commit = project.commit(FIRST)
    project.record(SECOND)
    project.commit(SECOND)
    synchronise(project.root, everything=False)
    project.remove_experiment("mine")
    synchronise(project.root, everything=False)
    said = f"git stash && git checkout {commit[:7]} && dvc checkout"
    assert of(client, FIRST).data.tags[RESTORE_TAG] == said


def test_a_run_that_a_person_deleted_stays_deleted_until_everything_is_asked_for(project, client):
    publish(project.record(FIRST))
    publish(project.record(SECOND))
    run_id = of(client, FIRST).info.run_id
    client.delete_run(run_id)
    report = synchronise(project.root, everything=False)
    assert (report.known, report.published) == (2, [])
    assert published(client) == labels([SECOND])
    assert len(synchronise(project.root, everything=True).published) == 1
    assert published(client) == labels([FIRST, SECOND])
    assert of(client, FIRST).info.run_id == run_id


def test_what_the_cache_has_lost_is_missing_in_the_run_and_nothing_else(project, client):
    project.record(FIRST)
    shutil.rmtree(project.root / ".dvc/cache")
    whole = fabricate(mse=1.4)
    project.record(whole)
    report = synchronise(project.root, everything=False)
    assert (len(report.published), report.skipped) == (2, [])
    run = of(client, FIRST)
    assert "not in DVC's cache any more" in run.data.tags[INCOMPLETE_TAG]
    assert run.data.metrics["error/mse"] == 1.5
    assert INCOMPLETE_TAG not in of(client, whole).data.tags


def test_a_damaged_record_is_told_and_stops_nothing(project, client):
    project.record(FIRST)
    project.record(SECOND)
    (project.root / STATE / f"variants/{FIRST.record.variant.label}.json").write_text("{")
    report = synchronise(project.root, everything=False)
    assert (report.known, report.published) == (2, ["dropout=0.2"])
    assert report.skipped == [f"the record of variant {FIRST.record.variant.label} is damaged"]
    assert published(client) == labels([SECOND])


def test_a_damaged_record_of_a_published_variant_stops_nothing(project, client):
    head = project.git("rev-parse", "HEAD")
    publish(project.record(FIRST.known(experiment="removed", baseline=head)))
    project.record(SECOND)
    (project.root / STATE / f"variants/{FIRST.record.variant.label}.json").write_text("{")
    report = synchronise(project.root, everything=False)
    assert report.published == ["dropout=0.2"]
    assert published(client) == labels([FIRST, SECOND])


def test_a_commit_of_another_layout_is_told_and_stops_nothing(project, client):
    """Commits stay, while what the stages write moves on."""
    for text in ("{}", '{"main": {"metric": "mse", "value": 1.0}, "valid": {}, "split": {}}'):
        other = fabricate(texts={"metrics/evaluate.json": text})
        project.cache(other)
        project.commit(other)
    project.cache(FIRST)
    project.commit(FIRST)
    report = synchronise(project.root, everything=True)
    assert (report.known, report.published) == (3, ["default"])
    assert len(report.skipped) == 2
    assert all("metrics/evaluate.json" in reason for reason in report.skipped)
    assert published(client) == labels([FIRST])


def test_what_cannot_be_published_stops_nothing_and_leaves_nothing(project, client, monkeypatch):
    """A commit's metrics can be of a layout that nobody thought of."""

    def draw(record, *_):
        if '"count": 2' in record.texts["metrics/features.json"]:
            raise TypeError("of another layout")
        return {}

    monkeypatch.setattr("hw1.tracking.content.draw", draw)
    other = fabricate(texts={"metrics/features.json": '{"count": 2, "selected": {}}'})
    for variant in (FIRST, other, SECOND):
        project.cache(variant)
        project.commit(variant)
    report = synchronise(project.root, everything=True)
    assert len(report.published) + len(report.skipped) == 3
    assert published(client) >= labels([FIRST, SECOND])


def test_only_runs_of_this_project_are_looked_at(project, client):
    experiment = client.create_experiment("another course")
    client.set_terminated(client.create_run(experiment).info.run_id)
    publish(project.record(FIRST))
    report = synchronise(project.root, everything=True)
    assert (report.known, report.published, report.completed) == (1, [], [])


def test_a_store_that_does_not_answer_is_one_error(project, monkeypatch):
    project.record(FIRST)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(TrackerError, match=r"http://127\.0\.0\.1:9 did not answer"):
        synchronise(project.root, everything=False)
