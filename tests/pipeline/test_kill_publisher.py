"""Publishers that are killed -9 at random moments: what they leave, the next one puts right."""

import shutil
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial

import psutil
import pytest
from bridge_support import finished_runs, remove_store, store
from killing_support import (
    chance,
    database_problems,
    is_held,
    kill,
    number_of_kills,
    processes_in,
    start,
    wait_for,
)
from store_support import shown
from tracking_support import OUTER

from hw1.core.place import state_folder
from hw1.lineage.ledger import Ledger
from hw1.lineage.warm import spawn_publisher
from hw1.tracking.stage import publish_workspace
from hw1.tracking.store import lock_path
from hw1.tracking.sync import synchronise
from hw1.tracking.warm_request import publish_warm

STAGE = [sys.executable, "-m", "stages.track"]
TRACK = "hw1 track"
COMMANDS = {"stage": STAGE, TRACK: TRACK.split(), "fresh store": STAGE}
KINDS = (*COMMANDS, "warm")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.fault("kill a publisher"),
    pytest.mark.timeout(3600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Victims:
    """A project with one variant, whose publishers are killed.

    Args:
        project: whose pipeline has run; it is the current folder.
        empty: a store without runs.
    """

    def __init__(self, project, empty):
        self.project, self._empty = project, empty
        (self.record,) = Ledger(project.root).records()

    def begin(self, kind):
        """Let nothing be published; "fresh store": let there be no store."""
        remove_store(self.project)
        shutil.rmtree(self.project.root / "mlartifacts", ignore_errors=True)
        if kind != "fresh store":
            shutil.copy(self._empty, self.project.root / "mlflow.db")

    def publish(self, kind):
        """Publish undisturbed, and say all that is shown then; `hw1 track` knows more to tell."""
        if kind == TRACK:
            assert synchronise(self.project.root, everything=False).skipped == []
        else:
            publish_workspace(self.record, self.project.root)
        return shown(store(self.project))

    @contextmanager
    def publisher(self, kind):
        """A publisher that has the lock by now."""
        if kind == "warm":
            with self._warm() as process:
                yield process
            return
        process = start(self.project, *COMMANDS[kind])
        wait_for(lambda: is_held(lock_path()) or process.poll() is not None)
        yield process

    @contextmanager
    def _warm(self):
        with spawn_publisher(psutil.Process()) as process:
            answers = []
            ask = partial(publish_warm, self.record, self.project.root)
            asking = threading.Thread(target=lambda: answers.append(ask()))
            asking.start()
            wait_for(lambda: is_held(lock_path()) or process.poll() is not None)
            yield process
            asking.join()
        assert answers == [None] or process.returncode == 0 or answers[0] in self.finished()

    def finished(self):
        """The ids of finished runs."""
        return [each.info.run_id for each in finished_runs(store(self.project)).values()]

    def kill(self, kind, delay):
        """Kill a publisher some seconds after it has the lock; whether it was still at work."""
        with self.publisher(kind) as process:
            time.sleep(delay)
            return kill(process)

    def seconds(self, kind):
        """How long a publisher of a kind is at work from when it has the lock."""
        self.begin(kind)
        with self.publisher(kind) as process:
            begin = time.monotonic()
            assert process.wait() == 0
            return time.monotonic() - begin


@pytest.fixture
def victims(project, tmp_path, monkeypatch):
    for name in OUTER:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{project.root}/mlflow.db")
    monkeypatch.setenv("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")  # the file is replaced
    monkeypatch.chdir(project.root)
    remove_store(project)
    project.run(*STAGE)
    remove_store(project)
    store(project).search_experiments()
    empty = tmp_path / "empty.db"
    shutil.move(project.root / "mlflow.db", empty)
    return Victims(project, empty)


def test_killed_publishers_leave_nothing_behind(victims, record_property):
    random, kills = chance(), dict.fromkeys(KINDS, 0)
    longest = {kind: victims.seconds(kind) for kind in KINDS}
    print({kind: round(seconds, 2) for kind, seconds in longest.items()})
    expected = {}
    for kind in KINDS:
        victims.begin(kind)
        (expected[kind],) = victims.publish(kind)
        assert [run["status"] for run in expected[kind]["runs"]] == ["FINISHED"]
        assert expected[kind]["models"] == 1
    kept = {path: path.read_bytes() for path in (state_folder() / "variants").iterdir()}
    wanted, tries = number_of_kills(8), 0
    while sum(kills.values()) < wanted:
        tries += 1
        assert tries <= 3 * wanted, f"most publishers were faster than their killer: {kills}"
        kind = KINDS[tries % len(KINDS)]
        victims.begin(kind)
        for _ in range(random.randint(1, 3)):  # what one leaves may be in the next one's way
            delay = random.uniform(0, longest[kind])
            kills[kind] += victims.kill(kind, delay)
            assert database_problems(victims.project.root / "mlflow.db") == []
            assert not is_held(lock_path())
        told = f"{kind}, killed after {delay:.3f} s, kill {sum(kills.values())}"
        (found,) = victims.publish(kind)
        assert found == expected[kind], told
        assert {path: path.read_bytes() for path in kept} == kept
    wait_for(lambda: not processes_in(victims.project.root, "track"))  # what draws ends by itself
    print(f"kills: {kills}")
    record_property("cases", sum(kills.values()))
