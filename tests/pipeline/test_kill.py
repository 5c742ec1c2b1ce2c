"""Whatever is killed, wherever: the next run ends as if nothing had been."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest
from kill_support import (
    assert_as_undisturbed,
    assert_no_half_files,
    below,
    kill_part,
    output_file,
    processes_in,
    runs_of,
    started,
    temporary_files,
)
from pipeline_support import Project, ran_stages
from workers_support import computes

from hw1.core.files import read_json
from hw1.mend.lock_files import is_whole

SEED = int(os.environ.get("HW1_SEED", "20261"))
KILLS = int(os.environ.get("HW1_KILLS", "6"))
PATIENCE = 600  # seconds

# DVC, killed when half of dvc.lock is written
KILLED_DVC = """
import os, signal, sys
from io import StringIO
from dvc.cli import main
from dvc.utils.serialize import _yaml

whole = _yaml._dump

def half(data, stream):
    text = StringIO()
    whole(data, text)
    stream.write(text.getvalue()[: len(text.getvalue()) // 2])
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)

_yaml._dump = half
main(sys.argv[1:])
"""

# any Python of a stage, killed before its third file takes its place
KILLED_STAGE = """
import os, pathlib, signal

def replace(path, target, count=[]):
    count.append(path)
    if len(count) == 3 and os.environ.get("DVC_STAGE") == "features":
        os.kill(os.getpid(), signal.SIGKILL)
    return os.replace(path, target)

pathlib.Path.replace = replace
"""

pytestmark = pytest.mark.fault("kill a stage")


def test_dvc_killed_while_it_writes_its_lock(project, finished):
    words = ["repro", "--force", "--single-item", "submit"]
    killed = project.run(sys.executable, "-c", KILLED_DVC, *words, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not is_whole(project.text("dvc.lock"))
    (project.root / ".dvc/tmp/rwlock").write_text("")  # as if it had been killed there too
    mended = project.run("hw1", "repro").stderr
    assert "mended: .dvc/tmp/rwlock was torn; removed\n" in mended
    assert "mended: dvc.lock was torn; it is the committed one again" in mended
    assert_as_undisturbed(project, finished)


def test_a_stage_killed_between_two_files(project, finished):
    path = project.root.parent / "path"
    path.mkdir()
    (path / "sitecustomize.py").write_text(KILLED_STAGE)
    for name in ("features/features.json", "train/model.json"):
        (project.root / "data" / name).unlink()
    paths = os.pathsep.join([str(path), os.environ.get("PYTHONPATH", "")])
    with started(project, "dvc", "repro", PYTHONPATH=paths) as run:
        assert run.wait(PATIENCE) != 0
    assert ran_stages(output_file(project).read_text()) == ["features"]
    assert len(temporary_files(project)) == 1
    assert_no_half_files(project)
    assert "half written by a killed process; removed" in project.run("hw1", "repro").stderr
    assert_as_undisturbed(project, finished)


def test_dvc_killed_alone_takes_its_stage_with_it(project, finished):
    run = started(project, "hw1", "repro", "--force", "--single-item", "train")
    stage = awaited(run, "stages.train")
    with suppress(psutil.NoSuchProcess):
        while computes(stage) and stage.num_threads() == 1:  # Python itself is starting
            time.sleep(0.01)
    assert kill_part(run, "dvc")
    again = project.run("hw1", "repro")  # at once: it waits for the stage
    assert run.wait(PATIENCE) == 128 + signal.SIGKILL
    assert not computes(stage)
    assert "has ended, and so does the stage\n" in output_file(project).read_text()
    assert "mended: .dvc/tmp/rwlock named a process that is gone; removed\n" in again.stderr
    assert_as_undisturbed(project, finished)
    assert processes_in(project.root) == []


def awaited(run: subprocess.Popen[str], part: str) -> psutil.Process:
    """The process below a run with a word that begins so, as soon as it is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and run.poll() is None:
        process = below(run.pid, part)
        if process is not None:
            return process
        time.sleep(0.01)
    raise AssertionError(f"no {part} was started")


class Disturbed:
    """Kills at random moments, each in a run of a random variant, and what must hold after each.

    Args:
        project: a project like `finished`, with nothing that its stages wrote.
        finished: one in which nothing is killed.
        seed: of all choices.
    """

    KINDS = ("group", "dvc", "stage", "hw1")
    VARIANTS = (
        None,
        ("levels: 5", "levels: 4"),
        ("  epochs: 2", "  epochs: 3"),
        ("  seeds: 2 ", "  seeds: 3 "),
    )
    OFTEN = 5  # kills between two runs that are let finish

    def __init__(self, project: Project, finished: Project, seed: int) -> None:
        self.project, self.finished = project, finished
        self.random = random.Random(seed)
        self.longest = 0.0  # seconds of the last run that was let finish
        self.kills: Counter[str] = Counter()
        self.mended: Counter[str] = Counter()

    def kill(self, number: int) -> None:
        """Kill so often, and compare every now and then."""
        self.finish()
        while self.kills.total() < number:
            done = self.kills.total()
            kind = self.KINDS[done % len(self.KINDS)]
            # a quarter with a publisher beside the stages, of each kind
            if self.killed(kind, warm=done // len(self.KINDS) % 4 == 3):
                self.kills[kind] += 1
                assert_no_half_files(self.project)
                if self.kills.total() % self.OFTEN == 0:
                    self.finish()
        self.finish()

    def killed(self, kind: str, *, warm: bool) -> bool:
        """Start a run and kill a part of it; False where it had ended before."""
        if not processes_in(self.project.root):  # else a run goes on that has lost its `hw1`
            self.choose_variant()
        force = ["--force"] * self.random.choice((True, False))
        moment = self.random.uniform(0, self.longest)
        variables = {"HW1_WARM": None} if warm else {}
        began = time.monotonic()
        killed = False
        with started(self.project, "hw1", "repro", *force, **variables) as run:
            while run.poll() is None and not killed:
                killed = time.monotonic() - began >= moment and kill_part(run, kind)
                time.sleep(0.005)
        self.note(output_file(self.project).read_text())
        if killed:
            print(f"{kind} after {moment:.2f} s", *force, "with a publisher" * warm, flush=True)
        return killed

    def choose_variant(self) -> None:
        self.project.run("hw1", "mend")  # git's lock may be left
        self.choose_committed()
        edit = self.random.choice(self.VARIANTS)
        if edit is not None:
            self.project.edit("params.yaml", *edit)

    def choose_committed(self) -> None:
        # not by git: DVC writes its index in whole seconds, and an edit within one is none to git
        text = self.finished.text("params.yaml")
        (self.project.root / "params.yaml").write_text(text)

    def finish(self) -> None:
        """Let a run of the committed parameters finish, and compare all that there is then."""
        end = time.monotonic() + PATIENCE
        while processes_in(self.project.root):  # a publisher, a run that has lost its `hw1`
            assert time.monotonic() < end
            time.sleep(0.1)
        self.choose_committed()
        began = time.monotonic()
        self.note(self.project.run("hw1", "repro", *["--force"] * (not self.longest)).stderr)
        self.longest = self.longest or time.monotonic() - began
        assert_as_undisturbed(self.project, self.finished)
        runs = runs_of(self.project)
        variant = read_json(self.project.root / "data/track/variant.json")["variant"]
        assert [run for run in runs if run[0] == variant] == [(variant, "FINISHED", 0)]
        assert max(Counter(run[0] for run in runs).values()) == 1

    def note(self, output: str) -> None:
        for line in output.splitlines():
            if line.startswith("mended: "):
                self.mended[line.rpartition("; ")[0] or line] += 1


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_killed_at_random_moments_it_ends_as_if_nothing_had_been(
    project, finished, record_property
):
    for name in ("mlflow.db", "data", "metrics", "mlartifacts", ".dvc/cache"):
        path = project.root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    project.git("checkout", "-q", "data", "metrics", "lectures")
    loop = Disturbed(project, finished, SEED)
    try:
        loop.kill(KILLS)
    finally:
        print(f"seed {SEED}, kills {dict(loop.kills)}, mended {dict(loop.mended)}")
    record_property("cases", loop.kills.total())
