"""A pipeline whose training diverges: one failed run in MLflow, whatever DVC does, and no model."""

import subprocess
import time

import pytest
from bridge_support import DOWN, remove_store, store
from pipeline_support import environment
from tracking_support import OUTER, all_runs

from hw1.lineage.failure import FailureLedger, stages_until
from hw1.lineage.lock import parse_lock
from hw1.lineage.observe_failure import observe_failure
from hw1.lineage.variant import key_of
from hw1.tracking.live_runs import LIVE_TAG
from hw1.tracking.watch import Watcher

pytestmark = [
    pytest.mark.fault("divergence"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

MODEL = "data/train/weights.safetensors"
WILD = (
    "train.optimizer.name=sgd",
    "train.optimizer.learning_rate=1e4",
    "train.optimizer.weight_decay=0",
    "train.linear_skip=true",
    "train.epochs=50",
)
SLOWLY = (
    "train.optimizer.name=sgd",
    "train.optimizer.learning_rate=1.0",
    "train.optimizer.weight_decay=0",
    "train.schedule.warmup_epochs=12000",  # some eight thousand go well
    "train.epochs=12001",
)
TOLD = {"message": "no", "place": "", "epoch": 1, "step": 1, "learning_rate": 1.0, "seconds": 1.0}


def exp_run(*options: str, overrides: tuple[str, ...] = WILD) -> list[str]:
    """The words behind `dvc` that run a variant that diverges."""
    return ["exp", "run", *options, *(word for each in overrides for word in ("-S", each))]


def failed_runs(client):
    """All runs but the finished ones, which are failed ones."""
    runs = [run for run in all_runs(client) if run.info.status != "FINISHED"]
    assert {run.info.status for run in runs} <= {"FAILED"}
    return runs


def test_a_training_that_diverges_is_a_failed_run_and_leaves_no_model(project):
    client = store(project)
    before = (project.root / MODEL).read_bytes()

    ran = project.dvc(*exp_run(), check=False)

    assert ran.returncode != 0
    (run,) = failed_runs(client)
    marked = f"train: run `{run.info.run_name}` ({run.info.run_id[:8]}) is marked FAILED in MLflow"
    assert ran.stdout.splitlines()[-1] == marked
    first, *others = ran.stderr.splitlines()
    assert first.startswith("error: fold 0: the ")
    for text in ("is not finite in epoch", ", step ", "at a learning rate of 10000", "Try a small"):
        assert text in first
    assert [line.partition(":")[0] for line in others] == ["ERROR"]  # DVC's own
    assert run.data.tags["failure"] == first.removeprefix("error: ")
    assert run.data.params["train.optimizer.learning_rate"] == "10000.0"
    assert "error/mse" not in run.data.metrics
    assert not (project.root / "data/train").exists()
    assert not (project.root / "metrics/train.json").exists()

    project.git("checkout", "-q", "--", ".")
    project.dvc("checkout")
    assert (project.root / MODEL).read_bytes() == before


def test_its_key_is_that_of_a_run_from_the_same_inputs(finished, monkeypatch):
    """DVC works out anew, as it does for dvc.lock, what the running stage reads."""
    for name in OUTER:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(finished.root)
    lock = parse_lock(finished.text("dvc.lock"))
    for stage in ("train", "evaluate", "submit"):
        failure = observe_failure({"stage": stage, **TOLD})
        assert failure.key == key_of(lock, stages_until(stage))
        assert (failure.record.name, failure.record.changed) == ("default", ())


@pytest.mark.slow
def test_one_failure_is_one_run_however_it_is_run_and_comes_back(project):
    client = store(project)
    project.dvc(*exp_run("--temp"), check=False)
    project.dvc(*exp_run("--queue", "-n", "mine"))
    project.dvc("exp", "run", "--run-all", check=False)
    assert "Failed" in project.dvc("queue", "status").stdout
    assert "is marked FAILED in MLflow\nerror: " in project.dvc("queue", "logs", "mine").stdout
    project.dvc(*exp_run(), check=False)
    (run,) = failed_runs(client)
    assert len(FailureLedger(project.root).labels()) == 1
    remove_store(project)
    told = project.run("hw1", "track", "--all").stdout
    assert f"marked `{run.info.run_name}` as failed\n" in told
    (again,) = failed_runs(store(project, "./mlflow.db"))
    assert (again.data.params, again.data.metrics) == (run.data.params, run.data.metrics)
    shown = project.run("hw1", "show", again.info.run_id[:8]).stdout
    assert run.data.tags["failure"] in shown


@pytest.mark.slow
def test_a_server_that_is_down_costs_no_failure_and_no_message(project):
    client = store(project)
    ran = subprocess.run(
        ["dvc", *exp_run()],
        cwd=project.root,
        env=environment() | DOWN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    assert "127.0.0.1:9 did not answer" in ran.stdout
    last = "train: the failure is recorded; `hw1 track` publishes it"
    assert ran.stdout.splitlines()[-1] == last
    assert ran.stderr.startswith("error: fold 0: ")
    assert failed_runs(client) == []
    assert "marked `" in project.run("hw1", "track").stdout
    assert len(failed_runs(client)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("place", [[], ["--temp"]], ids=["workspace", "temp"])
def test_a_training_that_is_watched_becomes_the_failed_run(project, monkeypatch, place):
    client = store(project)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", client.tracking_uri)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.chdir(project.root)
    told: list[str] = []
    watcher = Watcher(project.root, told.append)
    process = subprocess.Popen(
        ["dvc", *exp_run(*place, overrides=SLOWLY)],
        cwd=project.root,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    shown = set()
    while process.poll() is None:
        watcher.tick()
        shown |= {run.info.run_id for run in all_runs(client) if run.info.status == "RUNNING"}
        time.sleep(0.3)
    assert process.returncode != 0
    watcher.tick()
    (run,) = failed_runs(client)
    assert shown == {run.info.run_id}
    assert LIVE_TAG in run.data.tags
    assert told in ([], [f"marked `{run.info.run_name}` as failed"])  # whoever is faster
