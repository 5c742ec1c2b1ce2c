"""Two runs at once: the second one says whom it waits for, and nothing is mixed up."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from kill_support import assert_as_undisturbed, output_file, started
from pipeline_support import Project

from hw1.alone import LOCK
from hw1.mend.holders import HOLDERS, TMP

PATIENCE = 300  # seconds

# as DVC does between two stages
LOCKING = """
import sys, time
from zc.lockfile import LockFile
lock = LockFile(sys.argv[1])
print("held", flush=True)
time.sleep(600)
"""

# whoever started the tests may have had Ctrl-C ignored
WAITING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from hw1.cli import main
main()
"""

pytestmark = pytest.mark.fault("two runs at once")


@pytest.mark.parametrize(
    ("first", "lock"),
    [
        pytest.param("hw1", f"{LOCK}-holder", id="hw1"),
        pytest.param("dvc", TMP / "lock", id="dvc", marks=pytest.mark.slow),
    ],
)
def test_the_second_waits_for_the_first(project, finished, first, lock):
    with started(project, first, "repro", "--force", "--single-item", "evaluate") as run:
        until(project, (project.root / lock).exists)
        second = project.run("hw1", "repro")
        assert run.wait(PATIENCE) == 0, output_file(project).read_text()
    who = {"hw1": rf"another run \(process {run.pid} on .*\)", "dvc": rf".*\(process {run.pid}\)"}
    assert re.search(rf"^{who[first]} is at work here; waiting for it$", second.stderr, re.M)
    assert second.stderr.count("waiting for it") == 1
    assert "mended" not in second.stderr
    assert "Running stage" not in second.stdout
    assert_as_undisturbed(project, finished)


def until(project: Project, happens: Callable[[], bool]) -> None:
    """Wait for something that a run does."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, output_file(project).read_text()
        time.sleep(0.02)


@pytest.mark.slow
def test_two_whole_runs_at_once_both_end_well(project, finished):
    command = ["hw1", "repro", "--force"]
    with started(project, *command) as first:
        second = project.run(*command)
        assert first.wait(PATIENCE) == 0, output_file(project).read_text()
    told = [second.stderr, output_file(project).read_text()]
    assert sum("is at work here; waiting for it" in text for text in told) == 1
    assert_as_undisturbed(project, finished)


@contextmanager
def waiting(root) -> Iterator[subprocess.Popen[str]]:
    """An `hw1 repro` that waits for somebody who holds DVC's lock."""
    (root / TMP).mkdir(parents=True)
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / ".dvc/config").touch()
    command = [sys.executable, "-c", LOCKING, str(root / TMP / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            holder.stdout.readline()
            with subprocess.Popen(
                [sys.executable, "-c", WAITING, "repro"],
                cwd=root,
                stderr=subprocess.PIPE,
                text=True,
            ) as run:
                try:
                    assert run.stderr is not None
                    told = f"DVC (process {holder.pid}) is at work here; waiting for it\n"
                    assert run.stderr.readline() == told
                    yield run
                finally:
                    run.kill()
        finally:
            holder.kill()


def test_waiting_can_be_ended_and_leaves_no_lock(tmp_path):
    with waiting(tmp_path) as run:
        run.send_signal(signal.SIGINT)
        assert run.wait(PATIENCE) == 130
        assert run.stderr is not None
        assert run.stderr.read() == "stopped waiting; nothing was run\n"
    assert not (tmp_path / HOLDERS).exists()
    assert not (tmp_path / f"{LOCK}-holder").exists()


@pytest.mark.fault("edited meanwhile")
def test_parameters_that_are_edited_while_a_stage_trains_are_not_noted_as_its_own(project):
    project.edit("params.yaml", "  epochs: 2", "  epochs: 4000")
    before = project.text("dvc.lock")
    curve = project.root / "metrics/train/curve.csv"
    curve.unlink()
    with started(project, "dvc", "repro", "--single-item", "train") as run:
        until(project, lambda: curve.is_file() and curve.read_text().count("\n") > 1)
        project.edit("params.yaml", "  epochs: 4000", "  epochs: 3")
        assert run.wait(PATIENCE) != 0
    told = output_file(project).read_text()
    assert "error: params.yaml: `train` was changed while `train` ran" in told
    assert project.text("dvc.lock") == before
    project.dvc("repro", "--single-item", "train")
    assert curve.read_text().splitlines()[-1].split(",")[1] == "3"
