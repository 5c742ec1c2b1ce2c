"""A run that diverged is one failed run in MLflow, and no variant."""

from functools import partial

import mlflow
import pytest
from failure_support import CURVE, CURVE_FILE, MESSAGE, failed
from mlflow import MlflowClient
from tracking_support import all_runs, fabricate, history_of, publish

from hw1.cli import main as command_line
from hw1.core.errors import Hw1Error
from hw1.core.place import STATE
from hw1.lineage.announce import announced_training
from hw1.lineage.failure import FailureLedger
from hw1.tracking import publish_failed
from hw1.tracking.commands import show_variant
from hw1.tracking.find import FailedError, resolve_variant
from hw1.tracking.live import LiveBoard
from hw1.tracking.live_runs import remove_stale
from hw1.tracking.lookup import published_run
from hw1.tracking.publish_failed import find_or_create_failed
from hw1.tracking.store import tracking_client
from hw1.tracking.sync import synchronise
from hw1.tracking.watch import Watcher

pytestmark = pytest.mark.fault("divergence")

VALID = "learning/fold_0.valid_mse"
VARIANT = fabricate()
OTHER = fabricate(dropout=0.3, code="mended")


def mark(failure):
    with tracking_client() as client:
        return find_or_create_failed(client, failure)


def states(client):
    """Status by run's id, of all that are not deleted."""
    return {run.info.run_id: run.info.status for run in all_runs(client)}


def of(client, run_id):
    return client.get_run(run_id)


@pytest.fixture
def failure(project):
    """A failure that the project's ledger knows."""
    head = project.git("rev-parse", "HEAD")
    parameters = {"train.model": "mlp"}
    changed = fabricate(parameters=parameters, name="train.model=mlp", commit=head)
    return FailureLedger(project.root).add(failed(changed, changed=("params.yaml",)))


def test_it_shows_what_failed_where_and_what_to_try(client, failure, tmp_path):
    run = of(client, mark(failure))
    assert (run.info.status, run.info.run_name) == ("FAILED", "train.model=mlp")
    assert client.get_experiment(run.info.experiment_id).name == "hw1-sample"
    assert run.info.end_time - run.info.start_time == 1500
    assert run.data.params == {key: str(value) for key, value in failure.parameters.items()}
    tags = run.data.tags
    assert (tags["failure"], tags["failure.stage"]) == (MESSAGE, "train")
    assert (tags["failure.place"], tags["failure.epoch"], tags["failure.step"]) == (
        "fold 0",
        "3",
        "2",
    )
    assert tags["failure.learning_rate"] == "10.0"
    assert tags["hw1.data"] == VARIANT.record.variant.data
    assert tags["git.changed"] == "params.yaml"
    note = tags["mlflow.note.content"]
    assert "Try a smaller rate" in note
    assert "`train.model` = `mlp`" in note
    assert "&& dvc exp run -S train.model=mlp`" in note
    client.download_artifacts(run.info.run_id, "", str(tmp_path))
    texts = {"params.yaml": failure.record.params_text, CURVE_FILE: failure.curve}
    for path, text in texts.items():
        assert (tmp_path / path).read_text() == text


def test_it_has_its_learning_curve_no_model_and_no_score(client, failure):
    run = of(client, mark(failure))
    assert history_of(client, run.info.run_id, VALID) == list(enumerate(CURVE, 1))
    assert set(run.data.metrics) == {VALID, "learning/fold_0.train_mse", "seconds/train"}
    assert not run.outputs.model_outputs
    assert client.search_logged_models([run.info.experiment_id]) == []


@pytest.mark.parametrize("curve", [(), (3.0,), (3.0, float("nan"), float("inf"))], ids=str)
def test_it_may_have_come_to_little(client, project, curve):
    run = of(client, mark(failed(VARIANT, curve=curve)))
    assert run.info.status == "FAILED"
    assert VALID not in run.data.metrics or run.data.metrics[VALID] == 3.0


def test_the_same_failure_twice_is_one_run(client, failure):
    first = mark(failure)
    before = of(client, first).to_dictionary()
    assert mark(failure) == first
    assert of(client, first).to_dictionary() == before
    client.delete_run(first)
    assert mark(failure) == first
    assert states(client) == {first: "FAILED"}


@pytest.mark.parametrize("back", [False, True], ids=["at once", "later"])
def test_the_run_that_showed_the_training_becomes_it(client, project, back):
    """Also where the store was down when it failed, and `hw1 track` comes to it."""
    board = LiveBoard(project.root)
    failure = FailureLedger(project.root).add(failed(VARIANT))
    (project.root / "params.yaml").write_text(VARIANT.record.params_text)
    with announced_training():
        path = project.root / CURVE_FILE
        path.parent.mkdir(parents=True)
        path.write_text(failure.curve)
        with tracking_client() as writer:
            board.update(writer)
    (shown,) = states(client)
    if back:
        assert synchronise(project.root, everything=False).failed == ["dropout=0.2"]
    else:
        assert mark(failure) == shown
    with tracking_client() as writer:
        board.update(writer)
        remove_stale(writer, [of(client, shown).info.experiment_id])
    assert states(client) == {shown: "FAILED"}
    assert of(client, shown).info.run_name == "dropout=0.2"
    assert history_of(client, shown, VALID) == list(enumerate(CURVE, 1))
    assert not board.has_work()


def test_a_training_that_fails_again_leaves_no_running_run(client, project):
    failure = failed(VARIANT)
    first = mark(failure)
    board = LiveBoard(project.root)
    (project.root / "params.yaml").write_text(VARIANT.record.params_text)
    with announced_training(), tracking_client() as writer:
        board.update(writer)
    assert len(states(client)) == 2
    assert mark(failure) == first
    assert states(client) == {first: "FAILED"}


def killed(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize("place", ["log_params", "log_points"])
def test_a_killed_publisher_leaves_nothing_behind(client, failure, monkeypatch, place):
    with monkeypatch.context() as patch:
        patch.setattr(publish_failed, place, killed)
        with pytest.raises(KeyboardInterrupt):
            mark(failure)
    assert list(states(client).values()) == ["RUNNING"]
    run_id = mark(failure)
    assert states(client) == {run_id: "FAILED"}


def test_what_cannot_be_published_leaves_no_half_a_run(client, failure, monkeypatch):
    def refuses(*_, **__):
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_artifacts", refuses)
        with pytest.raises(Hw1Error, match="no space"):
            mark(failure)
    assert states(client) == {}


def test_other_variants_leave_it_alone(client, failure):
    first, run_id = mark(failure), publish(OTHER)
    assert publish(OTHER) == run_id
    assert states(client) == {first: "FAILED", run_id: "FINISHED"}


def test_a_success_from_the_same_inputs_takes_its_place(client, project):
    ledger = FailureLedger(project.root)
    failures = [failed(VARIANT), failed(VARIANT, stage="evaluate"), failed(OTHER)]
    first, second, other = [mark(ledger.add(each)) for each in failures]
    run_id = publish(VARIANT)
    assert states(client) == {other: "FAILED", run_id: "FINISHED"}
    assert list(ledger.records()) == [failures[2]]
    assert synchronise(project.root, everything=True).failed == []
    assert {first, second}.isdisjoint(states(client))


def test_hw1_track_publishes_what_a_server_that_was_down_has_missed(
    client, project, failure, monkeypatch, capsys
):
    monkeypatch.setattr("sys.argv", ["hw1", "track"])
    (project.root / "dvc.yaml").write_text("stages: {}\n")
    for told in ("marked `train.model=mlp` as failed\n", ""):
        with pytest.raises(SystemExit) as ended:
            command_line()
        assert ended.value.code in (0, None)
        assert capsys.readouterr().out == f"{told}0 variants known; 0 newly published\n"
    assert list(states(client).values()) == ["FAILED"]


def test_a_deleted_database_gets_it_back(client, project, failure, empty_store, monkeypatch):
    before = of(client, mark(failure))
    (project.root / "mlflow.db").write_bytes(empty_store.read_bytes())
    # another name for the same file: MLflow holds on to what it knows by name
    uri = f"sqlite:///{project.root}/../{project.root.name}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    fresh = mlflow.MlflowClient(uri)
    assert all_runs(fresh) == []
    assert synchronise(project.root, everything=True).failed == [failure.record.name]
    (run,) = all_runs(fresh)
    assert run.data.to_dictionary() == before.data.to_dictionary() | {"metrics": run.data.metrics}
    assert run.data.metrics == before.data.metrics
    assert (run.info.status, run.info.end_time) == ("FAILED", before.info.end_time)


def test_what_a_person_has_deleted_comes_back_on_demand_only(client, project, failure):
    client.delete_run(mark(failure))
    assert synchronise(project.root, everything=False).failed == []
    assert states(client) == {}
    assert synchronise(project.root, everything=True).failed == [failure.record.name]
    assert list(states(client).values()) == ["FAILED"]


def test_a_damaged_record_is_passed_over(client, project, failure):
    (path,) = (project.root / STATE / "failed").glob("*.json")
    path.write_text("{")
    report = synchronise(project.root, everything=True)
    assert (report.failed, report.skipped, states(client)) == ([], [], {})


def test_whoever_watches_publishes_it_once(client, project):
    told = []
    watcher = Watcher(project.root, told.append)
    FailureLedger(project.root).add(failed(VARIANT))
    for _ in range(2):
        watcher.tick()
    assert told == ["marked `dropout=0.2` as failed"]
    assert list(states(client).values()) == ["FAILED"]


def test_it_is_no_variant(client, project, failure):
    run_id = mark(failure)
    assert published_run(VARIANT.record) is None
    project.record(OTHER)
    report = synchronise(project.root, everything=True)
    assert (report.known, report.published) == (1, ["dropout=0.3"])
    for name in ("train.model=mlp", failure.key[:9], run_id, run_id[:6]):
        with pytest.raises(FailedError, match="has no result, as it failed in `train`: fold 0"):
            resolve_variant(name, project.root)
    for name in ("anything", run_id[:3]):
        with pytest.raises(Hw1Error, match="no experiment, revision, variant or run"):
            resolve_variant(name, project.root)


def test_a_variant_of_the_same_name_goes_before_it(client, project, failure):
    project.record(OTHER.known(name=failure.record.name))
    found = resolve_variant(failure.record.name, project.root)
    assert found.record.variant == OTHER.record.variant


def test_it_can_be_shown(client, project, failure, capsys):
    show = partial(show_variant, "train.model=mlp")
    show()
    assert "none; `hw1 track --all`" in capsys.readouterr().out
    run_id = mark(failure)
    show()
    printed = capsys.readouterr().out
    for text in (run_id, "in `train`", "train.model=mlp", MESSAGE):
        assert text in printed
