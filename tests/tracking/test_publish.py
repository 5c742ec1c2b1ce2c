import json

import pytest
from mlflow import MlflowClient
from mlflow.entities import ViewType
from tracking_support import all_runs, current_project, fabricate, history_of, publish

from hw1.lineage.git import Experiment
from hw1.lineage.history import Traces
from hw1.lineage.record import Timing
from hw1.tracking import content
from hw1.tracking import publish as publishing
from hw1.tracking.experiments import PREFIX, finished_runs
from hw1.tracking.lookup import published_run
from hw1.tracking.publish import complete
from hw1.tracking.store import tracking_client
from hw1.tracking.tags import INCOMPLETE_TAG, PUBLISHER_TAG, RESTORE_TAG, run_tags
from hw1.tracking.view import VIEW_TAG

SUBMISSION = "data/submit/submission.csv"


class KilledError(BaseException):
    """Stands for `kill -9`: nothing of what follows is done."""


def killed(*_, **__):
    raise KilledError


@pytest.fixture(scope="module")
def published(tmp_path_factory, empty_store):
    """A variant that was published twice, with its model; the store that has it; both runs."""
    stages = {"train": Timing(True, 12.0), "submit": Timing(True, 3.0)}
    variant = fabricate(name="mine", commit="a" * 40, changed=("params.yaml",), stages=stages)
    with current_project(tmp_path_factory.mktemp("published") / "project", empty_store) as root:
        store = MlflowClient(f"sqlite:///{root}/mlflow.db")
        runs = [store.get_run(publish(variant)) for _ in range(2)]
    return variant, store, *runs


def test_a_run_shows_parameters_numbers_and_origin(published):
    variant, _, run, _ = published
    assert (run.info.status, run.info.run_name) == ("FINISHED", "mine")
    assert run.info.end_time == variant.record.created
    assert run.info.end_time - run.info.start_time == 15_000
    parameters = variant.record.variant.parameters
    assert run.data.params == {key: str(value) for key, value in parameters.items()}
    assert run.data.metrics["error/mse"] == 1.5
    assert run.data.metrics["seconds/train"] == 12.0
    assert run.data.tags["mlflow.source.git.commit"] == "a" * 40
    assert run.data.tags["hw1.variant"] == variant.record.variant.key
    assert run.data.tags["split"] == "forward"
    assert INCOMPLETE_TAG not in run.data.tags


def test_a_run_shows_its_learning_curve(published):
    _, store, run, _ = published
    shown = history_of(store, run.info.run_id, "learning/fold_0.valid_mse")
    assert shown == [(1, 3.0), (2, 2.0), (3, 1.5)]


def test_a_run_shows_its_data_set(published):
    _, store, run, _ = published
    assert store.get_experiment(run.info.experiment_id).name == "hw1-sample"
    (given,) = run.inputs.dataset_inputs
    assert (given.dataset.name, given.dataset.digest) == ("hw1-sample", "aa" * 16 + ".dir")
    assert json.loads(given.dataset.profile) == {"training rows": 90, "test rows": 18}


def test_a_run_has_the_files_and_the_model(published, tmp_path):
    variant, store, run, _ = published
    store.download_artifacts(run.info.run_id, "", str(tmp_path))
    for path in (SUBMISSION, "metrics/evaluate.json", "metrics/train/curve.csv"):
        assert (tmp_path / path).read_bytes() == variant.files[path], path
    assert (tmp_path / "params.yaml").read_text() == variant.record.params_text
    assert (tmp_path / "dvc.lock").read_text() == variant.record.lock_text
    assert (tmp_path / "plots/curve.png").read_bytes() == b"picture"
    assert (tmp_path / "report.html").read_bytes() == b"page"
    (output,) = run.outputs.model_outputs
    assert store.get_logged_model(output.model_id).status == "READY"


def test_publishing_again_changes_nothing(published):
    _, store, before, after = published
    assert after.to_dictionary() == before.to_dictionary()
    assert [run.info.run_id for run in all_runs(store)] == [before.info.run_id]
    assert len(store.search_logged_models([before.info.experiment_id])) == 1


@pytest.mark.parametrize(
    "change",
    [{"dropout": 0.3}, {"code": "a remark"}, {"mse": 1.4}, {"edition": "2022"}],
    ids=["parameter", "code", "result", "edition"],
)
def test_another_variant_has_a_run_of_its_own(root, client, change):
    first, second = publish(fabricate()), publish(fabricate(**change))
    assert {run.info.run_id for run in all_runs(client)} == {first, second}
    assert first != second
    names = {each.name for each in client.search_experiments()} - {"Default"}
    assert names == {PREFIX + "sample", PREFIX + change.get("edition", "sample")}


def test_circumstances_make_no_other_variant(root, client):
    first = publish(fabricate(commit="a" * 40))
    assert publish(fabricate(commit="b" * 40, experiment="mine", baseline="b" * 40)) == first
    (run,) = all_runs(client)
    assert run.data.tags["dvc.experiment"] == "mine"


def test_a_folders_name_may_be_any(tmp_path, empty_store):
    with current_project(tmp_path / "my pröject #1, 100 %", empty_store) as folder:
        store = MlflowClient(f"sqlite:///{folder}/mlflow.db")
        run_id = publish(fabricate())
        assert {entry.path for entry in store.list_artifacts(run_id)} >= {"dvc.lock", "data"}
        assert published_run(fabricate().record) == run_id
        assert {path.name for path in folder.iterdir()} == {".dvc", "mlartifacts", "mlflow.db"}


def test_a_long_curve_is_published_whole(root, client):
    curve = tuple(1 / epoch for epoch in range(1, 1301))
    run_id = publish(fabricate(curve=curve))
    shown = history_of(client, run_id, "learning/fold_0.valid_mse")
    assert shown == list(enumerate(curve, 1))


@pytest.mark.fault("kill a publisher")
@pytest.mark.parametrize(
    "place", ["log_dataset", "log_files", "log_variants_model", "set_terminated"]
)
def test_a_killed_publisher_leaves_nothing_behind(root, client, monkeypatch, place):
    with monkeypatch.context() as patch:
        where = MlflowClient if place == "set_terminated" else content
        patch.setattr(where, place, killed)
        with pytest.raises(KilledError):
            publish(fabricate())
    assert [run.info.status for run in all_runs(client)] == ["RUNNING"]

    again = publish(fabricate())
    (run,) = all_runs(client)
    assert (run.info.run_id, run.info.status) == (again, "FINISHED")
    assert len(history_of(client, again, "learning/fold_0.valid_mse")) == 3


@pytest.mark.fault("kill a publisher")
def test_a_model_that_a_killed_publisher_has_begun_goes_with_its_run(root, client, monkeypatch):
    """A run knows its model only when that is whole."""

    def log_half(writer, run, _):
        writer.create_logged_model(run.info.experiment_id, "model", run.info.run_id)
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("hw1.tracking.model.log_model", log_half)
        with pytest.raises(KilledError):
            publish(fabricate())
    again = publish(fabricate())
    (model,) = client.search_logged_models([client.get_run(again).info.experiment_id])
    assert model.source_run_id == again


@pytest.mark.fault("kill a publisher")
def test_an_experiment_that_a_killed_publisher_has_begun_gets_its_view(root, client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("hw1.tracking.experiments.set_view", killed)
        with pytest.raises(KilledError):
            publish(fabricate())
    publish(fabricate())
    assert VIEW_TAG in client.get_experiment_by_name("hw1-sample").tags


@pytest.mark.fault("kill a publisher")
def test_a_killed_publishers_leftover_goes_with_the_next_variant(root, client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(content, "log_files", killed)
        with pytest.raises(KilledError):
            publish(fabricate())
    publish(fabricate(dropout=0.3))
    assert [run.info.status for run in all_runs(client)] == ["FINISHED"]


@pytest.mark.fault("kill a publisher")
def test_a_killed_publishers_leftover_goes_although_another_was_faster(
    root, client, monkeypatch, tmp_path
):
    with monkeypatch.context() as patch:
        patch.setattr(content, "log_files", killed)
        with pytest.raises(KilledError):
            publish(fabricate())
    with monkeypatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", client.tracking_uri)
        patch.setenv("DVC_ROOT", str(tmp_path))
        (tmp_path / ".dvc").mkdir()
        other = publish(fabricate())
    assert publish(fabricate()) == other
    assert [run.info.run_id for run in all_runs(client)] == [other]


def test_what_others_are_at_is_left_alone(root, client):
    publish(fabricate())
    experiment = client.get_experiment_by_name("hw1-sample").experiment_id
    other = client.create_run(experiment, tags={PUBLISHER_TAG: "another machine"})
    own = client.create_run(experiment, run_name="a person's own")
    publish(fabricate(dropout=0.3))
    going_on = {run.info.run_id for run in all_runs(client) if run.info.status == "RUNNING"}
    assert going_on == {other.info.run_id, own.info.run_id}


def test_a_deleted_run_comes_back_when_it_is_asked_for(root, client):
    run_id = publish(fabricate())
    client.delete_run(run_id)
    assert publish(fabricate()) == run_id
    assert [run.info.run_id for run in all_runs(client)] == [run_id]
    assert all_runs(client, "deleted_only") == []


def test_a_deleted_experiment_comes_back(root, client):
    run_id = publish(fabricate())
    client.delete_experiment(client.get_run(run_id).info.experiment_id)
    assert publish(fabricate()) == run_id
    assert [run.info.run_id for run in all_runs(client)] == [run_id]


def test_numbers_are_published_without_the_files_that_are_lost(root, client):
    variant = fabricate().without(SUBMISSION)
    run = client.get_run(publish(variant))
    assert run.info.status == "FINISHED"
    assert run.data.metrics["error/mse"] == 1.5
    assert SUBMISSION in run.data.tags[INCOMPLETE_TAG]
    names = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert {"params.yaml", "dvc.lock", "metrics", "plots"} <= names
    assert "data" not in names


def test_a_lost_model_is_told(root, client):
    weights = "data/train/weights.safetensors"
    run = client.get_run(publish(fabricate().without(weights)))
    assert run.info.status == "FINISHED"
    assert weights in run.data.tags[INCOMPLETE_TAG]
    assert not run.outputs.model_outputs
    assert client.list_artifacts(run.info.run_id, "data/submit")


def test_what_became_known_later_is_added(root, client):
    variant = fabricate(experiment="mine", baseline="b" * 40)
    run_id = publish(variant)
    held = Experiment("renamed", "e" * 40, "b" * 40)
    traces = Traces(variant.record.variant.label, experiments=(held,), commits=("c" * 40,))
    assert publish(variant, tags=run_tags(variant.record, traces)) == run_id
    tags = client.get_run(run_id).data.tags
    assert tags["dvc.experiment"] == "renamed"
    assert tags["dvc.experiment.revision"] == "e" * 40
    assert tags[RESTORE_TAG] == "dvc exp apply renamed"
    assert tags["git.committed"] == "c" * 40


def test_only_what_can_change_is_brought_up_to_date(root, client):
    run_id = publish(fabricate())
    with tracking_client() as writer:
        run = writer.get_run(run_id)
        assert not complete(writer, run, {"split": "other", "mlflow.runName": "other"})
        assert complete(writer, run, {"split": "other", RESTORE_TAG: "other"})
    run = client.get_run(run_id)
    assert (run.data.tags["split"], run.data.tags[RESTORE_TAG]) == ("forward", "other")
    assert run.info.run_name == "dropout=0.2"


def test_asking_again_forgets_nothing_that_is_known(root, client):
    """A stage knows less than `hw1 track` has found out since."""
    variant = fabricate(commit="a" * 40, changed=("stages/train.py",))
    traces = Traces(variant.record.variant.label, commits=("c" * 40,))
    run_id = publish(variant, tags=run_tags(variant.record, traces))
    known = client.get_run(run_id).data.tags
    assert known[RESTORE_TAG] == "git stash && git checkout ccccccc && dvc checkout"
    assert publish(variant) == run_id
    assert client.get_run(run_id).data.tags == known


@pytest.mark.fault("eight publishers")
def test_machines_that_cannot_see_each_other_leave_one_run(root, client, monkeypatch):
    """Each has looked before any has finished, and a server's runs are under no file lock."""
    monkeypatch.setattr(publishing, "sqlite_file", lambda: None)
    monkeypatch.setattr(publishing, "_find", lambda *_: None)
    for _ in range(6):
        answered = publish(fabricate())
    (run,) = all_runs(client)
    assert (run.info.run_id, run.info.status) == (answered, "FINISHED")


def test_finished_runs_come_page_by_page_and_the_deleted_ones_last(root, client, monkeypatch):
    experiment = client.create_experiment("hw1-sample")
    runs = [client.create_run(experiment).info.run_id for _ in range(5)]
    for run_id in runs[:-1]:
        client.set_terminated(run_id)
    client.delete_run(runs[0])
    search = client.search_runs
    monkeypatch.setattr(
        client,
        "search_runs",
        lambda ids, where, view, page_token: search(ids, where, view, 2, page_token=page_token),
    )
    found = [run.info.run_id for run in finished_runs(client, experiment)]
    assert sorted(found[:3]) == sorted(runs[1:4])
    assert found[3:] == runs[:1]
    assert len(search([experiment], run_view_type=ViewType.ALL)) == 5
