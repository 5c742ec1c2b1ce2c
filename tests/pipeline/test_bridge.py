"""Exactly one finished run for each variant, whatever DVC does and whatever goes wrong."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bridge_support import (
    DOWN,
    SUBMISSION,
    finished_runs,
    kept_labels,
    numbers,
    remove_store,
    revisions,
    run_with,
    store,
)
from killing_support import start, wait_for
from pipeline_support import Project, copy_tree, environment, ran_stages
from postgres_support import free_port
from support import ROOT
from tracking_support import all_runs, history_of

from hw1.tracking.tags import INCOMPLETE_TAG, RESTORE_TAG
from hw1.tracking.watch import Watcher

CURVE = "learning/fold_0.valid_mse"

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def dropouts(runs):
    return sorted(run.data.params["train.dropout"] for run in runs.values())


def new_run(client, known):
    """The one run that has been added to known ones."""
    runs = finished_runs(client)
    (label,) = set(runs) - set(known)
    return runs[label]


def test_there_and_back_by_repro(project):
    client = store(project)
    first = project.text("params.yaml")
    known = finished_runs(client)
    project.edit("params.yaml", "dropout: 0.2", "dropout: 0.1")
    stages = ran_stages(project.dvc("repro").stdout)
    assert stages == ["check", "train", "evaluate", "submit", "track"]
    run = new_run(client, known)
    assert (run.info.run_name, run.data.params["train.dropout"]) == ("dropout=0.1", "0.1")
    known = finished_runs(client)
    (project.root / "params.yaml").write_text("# a remark\n" + first)
    assert "train" not in ran_stages(project.dvc("repro").stdout)  # DVC's run cache has it
    assert set(finished_runs(client)) == set(known)
    project.dvc("exp", "run", "-n", "again", "-S", "train.dropout=0.1")  # nothing is new but this
    assert set(finished_runs(client)) == set(known)
    named = [run.data.tags.get("dvc.experiment") for run in finished_runs(client).values()]
    assert sorted(named, key=str) == [None, "again"]


def test_code_that_changes_no_result_makes_a_variant(project):
    client = store(project)
    known = finished_runs(client)
    with (project.root / "stages/submit.py").open("a") as stream:
        stream.write("# a remark\n")
    project.dvc("repro")
    run = new_run(client, known)
    (first,) = known.values()
    assert run.data.tags["hw1.result"] == first.data.tags["hw1.result"]
    assert run.data.tags["git.changed"] == "stages/submit.py"
    assert run.data.tags[RESTORE_TAG].startswith("none: stages/submit.py had changes")


def test_a_command_that_changes_no_result_makes_a_variant(project):
    client = store(project)
    known = finished_runs(client)
    project.edit("dvc.yaml", "cmd: python -m stages.submit", "cmd: python -B -m stages.submit")
    project.dvc("repro")
    project.run("hw1", "track")  # DVC does not run `track` for it
    assert new_run(client, known).data.tags["git.changed"] == "dvc.yaml"


def test_a_forced_rerun_adds_nothing(project):
    client = store(project)
    before = finished_runs(client)
    project.dvc("repro", "--force")
    after = finished_runs(client)
    assert {label: run.info.run_id for label, run in after.items()} == {
        label: run.info.run_id for label, run in before.items()
    }


def test_a_stage_that_fails_leaves_nothing_and_loses_nothing(project):
    client = store(project)
    known = finished_runs(client)
    project.edit("params.yaml", "dropout: 0.2", "dropout: 0.1")
    project.edit("stages/evaluate.py", "def main() -> None:", "def main() -> None:\n    1 / 0")
    ran = project.dvc("repro", check=False)
    assert ran.returncode != 0
    assert "train" in ran_stages(ran.stdout)
    assert set(finished_runs(client)) == set(known)
    assert kept_labels(project.root) <= set(known)
    project.git("checkout", "-q", "--", "stages/evaluate.py")
    assert "train" not in ran_stages(project.dvc("repro").stdout)
    run = new_run(client, known)
    assert run.data.params["train.dropout"] == "0.1"
    assert run.data.tags["stage.train"].startswith("ran, ")


@pytest.mark.timeout(1800)
def test_experiments_of_every_kind_are_one_run_a_variant(project):
    """In the workspace, in a folder of its own, and eight in a queue with two workers."""
    client = store(project)
    project.dvc("exp", "run", "-n", "here", "-S", "train.dropout=0.3")
    project.git("checkout", "-q", "--", ".")
    project.dvc("exp", "run", "--temp", "-n", "apart", "-S", "train.dropout=0.4")
    grid = [f"0.{number}" for number in range(11, 19)]
    project.dvc("exp", "run", "--queue", "-S", f"train.dropout={','.join(grid)}")
    project.dvc("exp", "run", "--run-all", "-j", "2")
    assert project.dvc("queue", "status").stdout.count("Success") == 8
    runs = finished_runs(client)
    assert dropouts(runs) == sorted(["0.2", "0.3", "0.4", *grid])
    assert kept_labels(project.root) == {
        label for label, run in runs.items() if run.data.params["train.dropout"] != "0.2"
    }
    assert not any(INCOMPLETE_TAG in run.data.tags for run in runs.values())

    commits = revisions(project)
    project.run("hw1", "track")
    runs = finished_runs(client)
    made = [run for run in runs.values() if run.data.params["train.dropout"] != "0.2"]
    assert sorted(run.data.tags["dvc.experiment"] for run in made) == sorted(commits)
    for run in made:
        name = run.data.tags["dvc.experiment"]
        assert run.data.tags["dvc.experiment.revision"] == commits[name]
        assert run.data.tags[RESTORE_TAG] == f"dvc exp apply {name}"
    _require_a_clone_to_rebuild(project, client, runs)


def _require_a_clone_to_rebuild(project, client, runs):
    """From git's references and DVC's cache alone, with the same numbers."""
    clone = Project(project.root.with_name("clone"))
    subprocess.run(["git", "clone", "-q", str(project.root), str(clone.root)], check=True)
    clone.git("fetch", "-q", "origin", "refs/exps/*:refs/exps/*")
    shutil.copytree(project.root / ".dvc/cache", clone.root / ".dvc/cache")
    told = clone.run("hw1", "track", "--all").stdout
    assert f"{len(runs)} newly published" in told
    theirs = store(clone)
    rebuilt = finished_runs(theirs)
    assert numbers(theirs, rebuilt) == numbers(client, runs)
    assert not any(INCOMPLETE_TAG in run.data.tags for run in rebuilt.values())


def test_two_variants_that_were_made_while_the_server_was_down(project):
    client = store(project)
    for highest in ("99.0", "98.0"):
        project.edit("params.yaml", "highest: ", f"highest: {highest} # ")
        ran = run_with(project, DOWN, "dvc", "repro")
        assert ran.stdout.count("http://127.0.0.1:9 did not answer") == 1
        assert "`hw1 track` publishes it" in ran.stdout
        assert "Traceback" not in ran.stderr
    assert len(finished_runs(client)) == 1
    assert "2 newly published" in project.run("hw1", "track").stdout
    runs = finished_runs(client)
    highest = sorted(run.data.params["submit.highest"] for run in runs.values())
    assert highest == ["100.0", "98.0", "99.0"]
    again = project.run("hw1", "track").stdout
    assert "0 newly published" in again
    assert "completed" not in again


def test_a_variant_that_nobody_committed_is_rebuilt(project):
    client = store(project)
    project.edit("params.yaml", "highest: 100.0", "highest: 99.0")
    project.dvc("repro")
    project.git("checkout", "-q", "--", ".")
    project.dvc("repro")
    before = numbers(client, finished_runs(client))
    assert len(before) == 2
    remove_store(project)
    shutil.rmtree(project.root / "mlartifacts", ignore_errors=True)
    assert "2 newly published" in project.run("hw1", "track", "--all").stdout
    fresh = store(project, "./mlflow.db")
    assert numbers(fresh, finished_runs(fresh)) == before


def kill_all(process):
    """kill -9 for a command and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("command", [["repro"], ["exp", "run", "-n", "mine"]], ids=" ".join)
@pytest.mark.fault("kill a stage")
def test_a_training_that_was_killed_and_run_again_is_one_run(project, command):
    client = store(project)
    known = finished_runs(client)
    project.edit("params.yaml", "epochs: 2", "epochs: 200")
    curve = project.root / "metrics/train/curve.csv"
    before = curve.stat().st_mtime_ns
    process = start(project, "dvc", *command)
    wait_for(
        lambda: curve.exists() and curve.stat().st_mtime_ns != before and curve.stat().st_size > 200
    )
    kill_all(process)
    assert set(finished_runs(client)) == set(known)
    assert kept_labels(project.root) <= set(known)
    project.dvc(*command)
    run = new_run(client, known)
    assert run.data.params["train.epochs"] == "200"
    assert run.data.tags["stage.train"].startswith("ran, ")


@pytest.mark.fault("kill a publisher")
def test_a_publisher_that_was_killed_leaves_no_second_and_no_running_run(project):
    """Killed as soon as its run is there, which is long before the run is finished."""
    client = store(project)
    known = finished_runs(client)
    project.edit("params.yaml", "highest: 100.0", "highest: 99.0")
    process = start(project, "dvc", "repro")
    with contextlib.closing(sqlite3.connect(project.root / "mlflow.db")) as database:
        count = "select count(*) from runs where status = 'RUNNING'"
        while database.execute(count).fetchone() == (0,):
            assert process.poll() is None
    kill_all(process)
    assert [run.info.status for run in all_runs(client)].count("RUNNING") == 1
    project.dvc("repro")
    new_run(client, known)
    assert len(finished_runs(client)) == len(known) + 1


@pytest.mark.fault("eight publishers")
def test_first_users_of_a_fresh_store_do_not_destroy_it(project):
    remove_store(project)
    publishers = [start(project, sys.executable, "-m", "stages.track") for _ in range(3)]
    assert [publisher.wait() for publisher in publishers] == [0, 0, 0]
    assert len(finished_runs(store(project, "./mlflow.db"))) == 1


def restored(project, command, wanted):
    """Restore a variant where another one stands that is not committed."""
    project.git("checkout", "-qf", "main")
    project.dvc("checkout", "--force")
    (project.root / SUBMISSION).unlink()
    project.edit("params.yaml", "dropout: 0.2", "dropout: 0.3")
    project.edit("dvc.lock", "dropout: 0.2", "dropout: 0.3")
    ran = subprocess.run(
        command, cwd=project.root, env=environment(), shell=True, capture_output=True, check=False
    )
    assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
    assert (project.root / SUBMISSION).read_bytes() == wanted


def test_the_restore_commands_restore(project):
    client = store(project)
    known = finished_runs(client)
    project.dvc(
        "exp", "run", "-n", "mine", "-S", "train.dropout=0.1", "-S", "features.names=['cli_*']"
    )
    wanted = (project.root / SUBMISSION).read_bytes()
    assert wanted != project.run("git", "show", "HEAD:params.yaml").stdout.encode()
    project.run("hw1", "track")
    label = next(iter(set(finished_runs(client)) - set(known)))

    def command():
        return finished_runs(client)[label].data.tags[RESTORE_TAG]

    assert command() == "dvc exp apply mine"
    restored(project, command(), wanted)

    project.git("checkout", "-qf", "main")
    project.dvc("exp", "remove", "mine")
    project.run("hw1", "track")
    assert command().startswith("git stash && git checkout ")
    assert " && dvc exp run -S " in command()
    restored(project, command(), wanted)
    project.dvc("exp", "remove", "-A")

    project.git("checkout", "-qb", "kept", "-f")
    project.run("sh", "-c", command().split(" && ", 2)[2])
    project.git("add", ".")
    project.git("commit", "-qm", "keep it")
    project.dvc("exp", "remove", "-A")
    project.run("hw1", "track")
    head = project.git("rev-parse", "kept").strip()
    assert command() == f"git stash && git checkout {head[:7]} && dvc checkout"
    restored(project, command(), wanted)


def test_a_torn_workspace_is_refused_with_what_helps(project):
    client = store(project)
    known = finished_runs(client)
    path = project.root / "metrics/evaluate.json"
    whole = path.read_text()
    path.write_text(whole.replace("mse", "msf"))
    ran = project.run(sys.executable, "-m", "stages.track", check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: metrics/evaluate.json is not what dvc.lock describes")
    path.write_text(whole)
    project.edit("params.yaml", "dropout: 0.2", "dropout: 0.1")
    project.dvc("repro", "train")
    project.git("checkout", "-q", "--", "params.yaml")
    ran = project.run(sys.executable, "-m", "stages.track", check=False)
    assert ran.returncode == 1
    assert "dvc repro" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert set(finished_runs(client)) == set(known)
    assert kept_labels(project.root) <= set(known)


def running(client):
    return [run for run in all_runs(client) if run.info.status == "RUNNING"]


@pytest.mark.parametrize("place", [[], ["--temp"]], ids=["workspace", "temp"])
def test_a_training_is_seen_while_it_goes_on_and_becomes_the_variants_run(
    project, monkeypatch, place
):
    client = store(project)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", client.tracking_uri)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.chdir(project.root)
    known = finished_runs(client)
    told = []
    watcher = Watcher(project.root, told.append)
    command = ["dvc", "exp", "run", "-n", "mine", *place, "-S", "train.epochs=3000"]
    process = start(project, *command)
    lengths, shown = [], set()
    while process.poll() is None:
        watcher.tick()
        for run in running(client):
            shown.add(run.info.run_id)
            lengths.append(len(client.get_metric_history(run.info.run_id, CURVE)))
        time.sleep(0.3)
    assert process.returncode == 0
    watcher.tick()
    assert running(client) == []
    run = new_run(client, known)
    assert shown == {run.info.run_id}
    assert lengths == sorted(lengths)
    assert len(set(lengths)) > 2
    text = Path(client.download_artifacts(run.info.run_id, "metrics/train/curve.csv")).read_text()
    written = [line.split(",") for line in text.splitlines() if line.startswith("0,")]
    points = [(int(cells[1]), float(cells[4])) for cells in written]
    assert history_of(client, run.info.run_id, CURVE) == points
    assert set(told) <= {"published `mine`"}  # it may be faster than the stage
    assert run.data.tags["dvc.experiment.revision"] == revisions(project)["mine"]


def start_ui(project):
    """Start `hw1 ui` and wait until it shows the runs."""
    command = ["hw1", "ui", "--port", str(free_port())]
    ui = subprocess.Popen(
        command,
        cwd=project.root,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert any("Ctrl-C ends it" in line for line in ui.stdout)
    return ui


def test_a_killed_trainings_run_is_gone_when_the_ui_starts_again(project):
    client = store(project)
    ui = start_ui(project)
    try:
        project.edit("params.yaml", "epochs: 2", "epochs: 20000")
        training = start(project, "dvc", "repro")
        wait_for(lambda: running(client))
    finally:
        kill_all(ui)
    kill_all(training)
    assert len(running(client)) == 1
    kill_all(start_ui(project))
    assert running(client) == []
    assert len(finished_runs(client)) == 1


def test_this_repositorys_own_history_can_be_published(tmp_path):
    """Commits stay, while code and metrics move on; the files in DVC's cache are not in git."""
    clone = Project(tmp_path / "clone")
    cloned = subprocess.run(["git", "clone", "-q", str(ROOT), str(clone.root)], check=False)
    if cloned.returncode != 0 or not clone.git("rev-list", "--all", "--", "dvc.lock"):
        pytest.skip("the tests are not run in a clone that has the history")
    copy_tree(clone.root)
    told = clone.run("hw1", "track", "--all").stdout
    runs = finished_runs(store(clone))
    assert f"{len(runs)} newly published" in told
    assert runs
