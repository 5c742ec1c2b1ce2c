import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from tracking_support import all_runs, fabricate, history_of, publish

from hw1.lineage.announce import announced_training
from hw1.tracking import live
from hw1.tracking.live import LiveBoard
from hw1.tracking.live_runs import LIVE_TAG, adopt, live_key, remove_stale, trainings
from hw1.tracking.store import tracking_client

CURVE = "learning/fold_0.valid_mse"
HEADER = "fold,epoch,step,train_mse,valid_mse,learning_rate\n"
VARIANT = fabricate(name="mine")
KILLED = "import os, signal; from hw1.lineage.announce import announced_training as a\n" + (
    "with a(): os.kill(os.getpid(), signal.SIGKILL)"
)


@pytest.fixture
def folder(root):
    """The project's folder with the parameters of a variant that is to be trained."""
    prepare(root)
    return root


@pytest.fixture
def board(folder):
    return LiveBoard(folder)


def prepare(folder, variant=VARIANT):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(variant.record.params_text)
    (folder / "variants.yaml").write_text("{}\n")


def write_curve(folder, *errors, more=""):
    """What the train stage has written after so many epochs."""
    lines = [f"0,{epoch},{epoch},2.5,{error},0.1\n" for epoch, error in enumerate(errors, 1)]
    path = folder / "metrics/train/curve.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join([HEADER, *lines, more]))


@contextmanager
def training(folder):
    """As if this process trained in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with announced_training():
            os.chdir(before)
            yield
            os.chdir(folder)
    finally:
        os.chdir(before)


def kill_training(folder):
    ran = subprocess.run([sys.executable, "-c", KILLED], cwd=folder, check=False)
    assert ran.returncode == -signal.SIGKILL


def tick(board):
    with tracking_client() as client:
        board.update(client)


def only(runs):
    (run,) = runs
    return run


def curve(client):
    return history_of(client, only(all_runs(client)).info.run_id, CURVE)


def test_a_training_shows_as_a_running_run_whose_curve_grows(folder, board, client):
    assert not board.has_work()
    with training(folder):
        assert board.has_work()
        tick(board)
        run = only(all_runs(client))
        assert (run.info.status, run.info.run_name) == ("RUNNING", "training: default")
        assert run.data.params["train.dropout"] == "0.2"
        assert curve(client) == []
        write_curve(folder, 3.0, 2.0, more="0,3,3,2")
        tick(board)
        assert curve(client) == [(1, 3.0), (2, 2.0)]
        write_curve(folder, 3.0, 2.0, 1.5, 1.2)
        for _ in range(2):
            tick(board)
        assert curve(client) == [(1, 3.0), (2, 2.0), (3, 1.5), (4, 1.2)]


def test_the_variants_own_run_takes_it_over(folder, board, client):
    with training(folder):
        write_curve(folder, 3.0, 2.0)
        tick(board)
        shown = only(all_runs(client)).info.run_id
    assert publish(VARIANT) == shown
    run = only(all_runs(client))
    assert (run.info.status, run.info.run_name) == ("FINISHED", "mine")
    assert curve(client) == [(1, 3.0), (2, 2.0), (3, 1.5)]
    assert run.data.metrics["error/mse"] == 1.5
    assert run.data.tags["hw1.variant"] == VARIANT.record.variant.key
    tick(board)
    assert not board.has_work()
    assert only(all_runs(client)).to_dictionary() == run.to_dictionary()


def test_a_training_that_nobody_watched_gets_a_run_of_its_own(folder, client):
    write_curve(folder, 3.0, 2.0, 1.5)
    run_id = publish(VARIANT)
    assert only(all_runs(client)).info.run_id == run_id
    assert curve(client) == [(1, 3.0), (2, 2.0), (3, 1.5)]


def test_a_new_watcher_goes_on_where_the_last_one_ended(folder, board, client):
    with training(folder):
        write_curve(folder, 3.0, 2.0)
        tick(board)
        with tracking_client() as writer:
            experiments = [only(all_runs(client)).info.experiment_id]
            remove_stale(writer, experiments)
        write_curve(folder, 3.0, 2.0, 1.5)
        tick(LiveBoard(folder))
    publish(VARIANT)
    assert curve(client) == [(1, 3.0), (2, 2.0), (3, 1.5)]


@pytest.mark.fault("kill a stage")
def test_a_killed_training_disappears_at_the_next_start(folder, board, client):
    with training(folder):
        tick(board)
        run = only(all_runs(client))
    kill_training(folder)
    with tracking_client() as writer:
        remove_stale(writer, [run.info.experiment_id])
    assert all_runs(client) == []


def test_only_what_is_over_disappears(folder, board, client):
    experiment = client.create_experiment("hw1-sample")
    own = client.create_run(experiment).info.run_id
    other = client.create_run(experiment, tags={LIVE_TAG: "another machine-1"}).info.run_id
    finished = publish(fabricate(dropout=0.3))
    with training(folder):
        tick(board)
        (shown,) = {run.info.run_id for run in all_runs(client)} - {own, other, finished}
        with tracking_client() as writer:
            remove_stale(writer, [experiment])
            remove_stale(writer, [])
    assert {run.info.run_id for run in all_runs(client)} == {own, other, finished, shown}


def test_after_a_while_nobody_waits_for_a_training_any_more(folder, board, client, monkeypatch):
    with training(folder):
        tick(board)
    tick(board)
    assert len(all_runs(client)) == 1
    assert board.has_work()
    monkeypatch.setattr(live, "PATIENCE", 0.0)
    tick(board)
    assert all_runs(client) == []
    assert not board.has_work()


@pytest.mark.parametrize("place", [".dvc/tmp/exps/tmp1", ".dvc/tmp/exps/standalone/tmp1"])
def test_experiments_in_folders_of_their_own_are_shown(folder, board, client, place):
    """DVC runs a queue's experiments in the first, and those of `--temp` in the second."""
    apart = folder / place
    other = fabricate(dropout=0.3)
    prepare(apart, other)
    write_curve(apart, 3.0)
    with training(folder), training(apart):
        assert {each.folder for each in trainings(folder)} == {folder, apart}
        tick(board)
        shown = {run.data.params["train.dropout"]: run.info.run_id for run in all_runs(client)}
        assert set(shown) == {"0.2", "0.3"}
    shutil.rmtree(apart)
    tick(board)
    assert publish(other) == shown["0.3"]
    states = {run.info.run_id: run.info.status for run in all_runs(client)}
    assert states == {shown["0.2"]: "RUNNING", shown["0.3"]: "FINISHED"}


def test_the_same_training_once_more_is_one_run(folder, board, client):
    """The first is killed; the curve of the second begins anew."""
    with training(folder):
        write_curve(folder, 3.0, 2.0)
        tick(board)
    kill_training(folder)
    tick(board)
    with training(folder):
        write_curve(folder)
        tick(board)
        write_curve(folder, 3.0, 2.0, 1.5)
        tick(board)
    publish(VARIANT)
    assert only(all_runs(client)).info.status == "FINISHED"
    assert curve(client) == [(1, 3.0), (2, 2.0), (3, 1.5)]


@pytest.mark.fault("kill a stage")
def test_other_code_after_a_killed_training_leaves_nothing_of_its_curve(folder, board, client):
    with training(folder):
        write_curve(folder, 9.0, 8.0, 7.0, 6.0)
        tick(board)
    kill_training(folder)
    mended = fabricate(code="mended")
    with training(folder):
        write_curve(folder, 3.0)
        tick(board)
    write_curve(folder, 3.0, 2.0, 1.5)
    run_id = publish(mended)
    finished = [run.info.run_id for run in all_runs(client) if run.info.status == "FINISHED"]
    assert finished == [run_id]
    assert history_of(client, run_id, CURVE) == [(1, 3.0), (2, 2.0), (3, 1.5)]


def test_a_training_that_goes_on_is_not_taken_over(folder, board, client):
    """Another code's variant of the same parameters is published late: the server was down."""
    with training(folder):
        write_curve(folder, 9.0, 8.0)
        tick(board)
        (shown,) = (run.info.run_id for run in all_runs(client))
        run_id = publish(fabricate(code="before"))
        assert history_of(client, run_id, CURVE) == [(1, 3.0), (2, 2.0), (3, 1.5)]
        states = {run.info.run_id: run.info.status for run in all_runs(client)}
        assert states == {shown: "RUNNING", run_id: "FINISHED"}


def test_parameters_that_are_edited_while_it_goes_on_make_no_second_run(folder, board, client):
    """A person prepares the next variant meanwhile."""
    with training(folder):
        write_curve(folder, 3.0)
        tick(board)
        (folder / "params.yaml").write_text(fabricate(dropout=0.3).record.params_text)
        tick(board)
        assert [run.data.params["train.dropout"] for run in all_runs(client)] == ["0.2"]


def test_a_person_may_delete_it_while_it_goes_on(folder, board, client):
    with training(folder):
        write_curve(folder, 3.0)
        tick(board)
        client.delete_run(only(all_runs(client)).info.run_id)
        write_curve(folder, 3.0, 2.0)
        tick(board)
        assert all_runs(client) == []
    run_id = publish(VARIANT)
    assert only(all_runs(client)).info.run_id == run_id
    assert curve(client) == [(1, 3.0), (2, 2.0), (3, 1.5)]


def test_a_published_variant_that_is_trained_again_leaves_no_running_run(folder, board, client):
    run_id = publish(VARIANT)
    with training(folder):
        write_curve(folder, 3.0)
        tick(board)
    assert publish(VARIANT) == run_id
    tick(board)
    assert [run.info.run_id for run in all_runs(client)] == [run_id]


def test_parameters_that_cannot_be_read_are_the_stages_to_tell_of(folder, board, client):
    (folder / "params.yaml").write_text("train: [")
    with training(folder):
        tick(board)
        assert all_runs(client) == []


def test_a_curve_of_many_epochs_is_shown_whole(folder, board, client):
    errors = [1 / epoch for epoch in range(1, 1101)]
    with training(folder):
        write_curve(folder, *errors)
        tick(board)
        assert curve(client) == list(enumerate(errors, 1))


def test_a_finished_run_is_not_taken_over(folder, board, client):
    with training(folder):
        tick(board)
    key, run = live_key(VARIANT.record.params_text), only(all_runs(client))
    assert adopt(client, run.info.experiment_id, key, []).info.run_id == run.info.run_id
    client.set_terminated(run.info.run_id)
    assert adopt(client, run.info.experiment_id, key, []) is None
