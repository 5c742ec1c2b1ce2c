"""Experiments of DVC's queue, of which something is killed -9 at a random moment."""

import shlex
import shutil
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest
from bridge_support import finished_runs, revisions, store
from killing_support import (
    PATIENCE,
    chance,
    kill,
    number_of_kills,
    processes_in,
    start,
    wait_for,
)
from pipeline_support import Project

EXPERIMENTS = {f"e{number}": f"train.dropout=0.{number}" for number in (31, 32, 33, 34)}
WORKER, EXECUTOR, STAGE = "queue-worker", "exec-run", "stages."
KINDS = {"worker": WORKER, "experiment": EXECUTOR, "stage": STAGE, "worker and below": WORKER}
AGAIN = "to queue it again: "
pytestmark = [
    pytest.mark.slow,
    pytest.mark.fault("kill a queue"),
    pytest.mark.timeout(7200),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def copy_of(finished, root):
    """A copy of a project, in which all experiments are queued."""
    shutil.copytree(finished.root, root, symlinks=True)
    shutil.rmtree(root / ".dvc" / "tmp", ignore_errors=True)
    project = Project(root)
    for name, change in EXPERIMENTS.items():
        project.dvc("exp", "run", "--queue", "-n", name, "-S", change)
    return project


def locks(project):
    """The dvc.lock of every experiment's commit: parameters, code and all results."""
    commits = revisions(project)
    return {
        name: project.git("show", f"{commits[name]}:dvc.lock")
        for name in EXPERIMENTS
        if name in commits
    }


def statuses(project):
    """What DVC says of every experiment of the queue, the last word on each."""
    lines = [line.split() for line in project.dvc("queue", "status").stdout.splitlines()]
    return {words[1]: words[-1] for words in lines if len(words) > 2 and words[1] in EXPERIMENTS}


def is_idle(project):
    return not any(processes_in(project.root, word) for word in (WORKER, EXECUTOR, STAGE))


def run_queue(project):
    """Start the queue; returns when its first experiment has begun."""
    running = start(project, "dvc", "exp", "run", "--run-all", "-j", "2")
    wait_for(lambda: processes_in(project.root, EXECUTOR))
    return running


def kill_one(project, kind, random):
    """Kill a process of a kind, as soon as there is one; whether one came before the end."""
    found = []
    while not found:
        if is_idle(project):
            return False
        found = processes_in(project.root, KINDS[kind])
    victim = random.choice(found)
    below = descendants(victim) if kind == "worker and below" else []
    for process in [victim, *below]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs([victim, *below], 10)
    return True


def descendants(process):
    with suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def mend(project):
    """What mending the queue says, line by line."""
    return project.run("hw1", "mend").stdout.splitlines()


def again(name):
    """The command that queues an experiment."""
    return ["dvc", "exp", "run", "--queue", "--name", name, "-S", EXPERIMENTS[name]]


def test_what_is_killed_of_a_queue_can_be_mended(finished, tmp_path, record_property):
    """Two kills a queue; all other experiments, and those that are run again, are as ever."""
    random, wanted = chance(), number_of_kills(4)
    project = copy_of(finished, tmp_path / "whole")
    running = run_queue(project)
    begin = time.monotonic()
    assert running.wait() == 0
    longest = time.monotonic() - begin
    expected, runs = locks(project), set(finished_runs(store(project)))
    assert set(expected) == set(EXPERIMENTS)
    kills, lost, number = Counter(), 0, 0
    while kills.total() < wanted:
        number += 1
        assert number <= wanted, "most queues were faster than their killer"
        project = copy_of(finished, tmp_path / str(number))
        running = run_queue(project)
        before = kills.total()
        for _ in range(min(2, wanted - before)):
            time.sleep(random.uniform(0, 0.5 * longest))
            kind = random.choice(list(KINDS))
            kills[kind] += kill_one(project, kind, random)
        wait_for(lambda project=project: is_idle(project), 600)
        told = mend(project)
        print(f"{dict(kills)}: {statuses(project)}, {told}")
        assert mend(project) == []
        if "Queued" not in statuses(project).values():
            # it would wait for ever for an experiment whose worker was killed
            running.wait(PATIENCE)
        kill(running)

        kept, words = locks(project), statuses(project)
        assert {name: expected[name] for name in kept} == kept
        assert {name for name, word in words.items() if word == "Success"} == set(kept)
        assert {words[name] for name in set(expected) - set(kept)} <= {"Failed", "Queued"}
        assert not list((project.root / ".dvc/tmp/exps").glob("tmp*"))
        failed = [name for name, word in words.items() if word == "Failed"]
        assert len(failed) <= kills.total() - before, "one that nobody killed has failed too"
        commands = [line.split(AGAIN)[1] for line in told if AGAIN in line]
        assert set(commands) <= {shlex.join(again(name)) for name in failed}
        for name in failed:
            project.run(*again(name))
        lost += len(failed)
        assert run_again(project) == expected
        project.run("hw1", "track")
        assert set(finished_runs(store(project))) == runs
        shutil.rmtree(project.root)
    print(f"kills: {dict(kills)}, experiments to be run again: {lost}, queues: {number}")
    record_property("cases", kills.total())


def run_again(project):
    """Run what is queued, and say what all experiments hold then."""
    project.dvc("exp", "run", "--run-all", "-j", "2")
    wait_for(lambda: is_idle(project))
    return locks(project)
