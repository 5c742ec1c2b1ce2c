"""Several processes at work on one project at once."""

import sys
from dataclasses import replace

import pytest
from bridge_support import finished_runs, remove_store, store
from killing_support import database_problems, processes_in, start
from real_sweep_support import found, write_space
from tracking_support import all_runs, edit_lock

from hw1.lineage.ledger import Ledger
from hw1.tracking.sweep_runs import NAME_TAG, is_sweep
from hw1.tracking.tags import VARIANT_TAG

PUBLISHERS = 8

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def publish_at_once(project, *command):
    """Let eight processes publish to a store that is not there yet; what they said."""
    remove_store(project)
    publishers = [start(project, *command, piped=True) for _ in range(PUBLISHERS)]
    told = [publisher.communicate() for publisher in publishers]
    assert [publisher.returncode for publisher in publishers] == [0] * PUBLISHERS, told
    assert database_problems(project.root / "mlflow.db") == []
    return [error for _, error in told]


@pytest.mark.fault("eight publishers")
def test_eight_publishers_of_one_variant_make_one_run(project, record_property):
    project.run(sys.executable, "-m", "stages.track")  # the ledger knows the variant
    publish_at_once(project, sys.executable, "-m", "stages.track")
    assert len(finished_runs(store(project))) == 1
    record_property("cases", PUBLISHERS)


@pytest.mark.fault("eight publishers")
def test_eight_publishers_of_eight_variants_make_eight_runs(project, record_property):
    project.run(sys.executable, "-m", "stages.track")
    ledger = Ledger(project.root)
    (record,) = ledger.records()
    for number in range(1, PUBLISHERS):
        text = edit_lock(record.lock_text, "submit", "deps", "stages/submit.py", f"{number:032}")
        ledger.add(replace(record, lock_text=text))

    told = publish_at_once(project, "hw1", "track")

    assert set(finished_runs(store(project))) == set(ledger.labels())
    assert len(ledger.labels()) == PUBLISHERS
    # who waits for long is told for whom
    waiting = [line for line in "".join(told).splitlines() if "waiting" in line]
    assert waiting
    assert all("process " in line for line in waiting)
    assert "0 newly published" in project.run("hw1", "track").stdout
    record_property("cases", PUBLISHERS)


@pytest.mark.fault("sweep beside a queue")
def test_a_sweep_beside_a_queue_changes_neither(project):
    space = write_space(project, 12)
    project.run("hw1", "sweep", space, "--name", "alone", "--workers", "2")
    names = ["first", "second", "third"]
    for number, name in enumerate(names, 1):
        project.dvc("exp", "run", "--queue", "-n", name, "-S", f"train.dropout=0.3{number}")
    queue = start(project, "dvc", "exp", "run", "--run-all", "-j", "2", piped=True)
    sweep = start(project, "hw1", "sweep", space, "--name", "beside", "--workers", "2", piped=True)
    for process in (sweep, queue):
        told = process.communicate()
        assert process.returncode == 0, told
    assert found(project, "beside") == found(project, "alone")
    assert project.dvc("queue", "status").stdout.count("Success") == len(names)
    project.run("hw1", "track")
    runs = all_runs(store(project))
    assert {run.info.status for run in runs} == {"FINISHED"}
    made = [run.data.tags.get("dvc.experiment") for run in runs if VARIANT_TAG in run.data.tags]
    assert set(made) == {*names, None}
    assert len(made) == len(names) + 1
    searches = [run.data.tags[NAME_TAG] for run in runs if is_sweep(run)]
    assert sorted(searches) == ["alone", "beside"]
    assert database_problems(project.root / "mlflow.db") == []
    assert not processes_in(project.root, "multiprocessing")
