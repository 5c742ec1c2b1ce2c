"""Searches whose processes are killed -9 at random moments go on as if nothing had been."""

import json
import time

import pytest
from bridge_support import store
from killing_support import (
    chance,
    database_problems,
    kill,
    number_of_kills,
    processes_in,
    start,
    wait_for,
)
from real_sweep_support import found, write_space
from store_support import shown

from hw1.tracking.sweep_runs import KIND_TAG, NAME_TAG

TRIALS = 40
SHARE = 0.2  # of a search's time in which it surely has workers
TIMES = ("seconds", "trials_per_minute")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.fault("kill a sweep"),
    pytest.mark.timeout(3600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Searches:
    """Searches of one space in one project, with two workers each."""

    def __init__(self, project):
        self.project, self._space = project, write_space(project, TRIALS)

    def start(self, name):
        """Start a search, or go on with it."""
        command = ["hw1", "sweep", self._space, "--name", name, "--workers", "2"]
        return start(self.project, *command)

    def has_begun(self, process):
        """Whether a search is past its imports: its workers are there, or it has ended."""
        return process.poll() is not None or bool(self.workers())

    def workers(self):
        """The processes that evaluate trials."""
        return processes_in(self.project.root, "spawn_main")

    def published(self, name):
        """What MLflow shows of a search, but for its name and what took how long."""
        (experiment,) = shown(store(self.project))
        runs = [run for run in experiment["runs"] if run["tags"].get(NAME_TAG) == name]
        assert {run["status"] for run in runs} == {"FINISHED"}
        assert len({run["tags"][KIND_TAG] for run in runs}) == 2
        return [(run["name"].replace(name, ""), _timeless(run["metrics"])) for run in runs]

    def journal(self, name):
        """The entries of a search's journal."""
        text = (self.project.root / "data/sweep" / f"{name}.journal").read_text()
        return [json.loads(line) for line in text.splitlines()]


def _timeless(metrics):
    return {name: history for name, history in metrics.items() if not name.endswith(TIMES)}


def test_a_killed_search_ends_as_an_undisturbed_one(project, record_property):
    random, kills = chance(), {"search": 0, "worker": 0}
    searches = Searches(project)
    process = searches.start("whole")
    wait_for(lambda: searches.has_begun(process))
    begin = time.monotonic()
    assert process.wait() == 0
    longest = time.monotonic() - begin
    expected, shown_of_it = found(project, "whole"), searches.published("whole")
    assert len(expected) == TRIALS
    wanted, tries = number_of_kills(6), 0
    while sum(kills.values()) < wanted:
        tries += 1
        assert tries <= 3 * wanted, f"most searches were faster than their killer: {kills}"
        name = f"killed-{tries}"
        while _disturb(searches, name, random, longest, kills):
            wait_for(lambda: not searches.workers())
            if sum(kills.values()) == wanted:
                assert searches.start(name).wait() == 0
                break
        told = f"{name}, kills {kills}"
        assert found(project, name) == expected, told
        assert searches.published(name) == shown_of_it, told
        assert searches.journal(name)
    assert not searches.workers()
    assert database_problems(project.root / "mlflow.db") == []
    print(f"{tries} searches, kills: {kills}")
    record_property("cases", sum(kills.values()))


def _disturb(searches, name, random, longest, kills):
    """Go on with a search and kill something of it; whether the search itself was killed."""
    process = searches.start(name)
    wait_for(lambda: searches.has_begun(process))
    of_a_worker = random.random() < 0.3
    time.sleep(random.uniform(0, longest * (SHARE if of_a_worker else 1)))
    if of_a_worker and (workers := searches.workers()):
        random.choice(workers).kill()
        kills["worker"] += 1
        assert process.wait() == 0
        return False
    killed = kill(process)
    kills["search"] += killed
    return killed
