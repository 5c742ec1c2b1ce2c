import os

import pytest
from tracking_support import all_runs, fabricate, publish

from hw1.core.place import STATE
from hw1.lineage.announce import announced_training
from hw1.tracking.watch import Watcher


@pytest.fixture
def told():
    return []


@pytest.fixture
def watcher(project, told):
    return Watcher(project.root, told.append)


def test_nothing_happens_while_nothing_does(watcher, told, client):
    for _ in range(2):
        watcher.tick()
    assert (told, all_runs(client)) == ([], [])


def test_a_new_variant_is_published_and_told_of_once(project, watcher, told, client):
    project.record(fabricate())
    for _ in range(2):
        watcher.tick()
    assert told == ["published `dropout=0.2`"]
    assert [run.info.status for run in all_runs(client)] == ["FINISHED"]


def test_a_new_experiments_name_is_added(project, watcher, client):
    publish(project.record(fabricate()))
    watcher.tick()
    project.experiment("mine", fabricate())
    watcher.tick()
    (run,) = all_runs(client)
    assert run.data.tags["dvc.experiment"] == "mine"


def test_a_new_commit_is_added(project, watcher, client):
    publish(project.record(fabricate()))
    commit = project.commit(fabricate())
    watcher.tick()
    (run,) = all_runs(client)
    assert run.data.tags["git.committed"] == commit


def test_a_training_is_shown_while_it_goes_on(project, watcher, client):
    with announced_training():
        watcher.tick()
        (run,) = all_runs(client)
        assert (run.info.status, run.info.run_name) == ("RUNNING", "training: default")


def test_a_store_that_is_down_is_told_of_once_and_asked_again(
    project, watcher, told, client, monkeypatch
):
    project.record(fabricate())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    for _ in range(3):
        watcher.tick()
    assert len(told) == 1
    assert "127.0.0.1:9 did not answer" in told[0]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", client.tracking_uri)
    watcher.tick()
    assert told[1:] == ["published `dropout=0.2`"]


def test_a_damaged_record_does_not_end_it(project, told, client):
    head = project.git("rev-parse", "HEAD")
    damaged = project.record(fabricate(dropout=0.1, experiment="removed", baseline=head))
    publish(damaged)
    watcher = Watcher(project.root, told.append)
    (project.root / STATE / f"variants/{damaged.record.variant.label}.json").write_text("{")
    project.record(fabricate())
    watcher.tick()
    assert told[-1:] == ["published `dropout=0.2`"]


def test_it_watches_its_project_from_anywhere(project, watcher, client, tmp_path, monkeypatch):
    project.record(fabricate())
    monkeypatch.setenv("DVC_ROOT", os.fspath(project.root))
    monkeypatch.chdir(tmp_path)
    watcher.tick()
    assert len(all_runs(client)) == 1
