import os
import signal
import time

import psutil
import pytest
from listening_support import listening
from workers_support import (
    PATIENCE,
    TABLE,
    busy,
    column_means,
    computes,
    deadly,
    failing,
    place_of_work,
    results,
    slow_column_means,
    started_search,
    unsendable,
    wait_for,
)

from hw1.core.errors import DataError, Hw1Error
from hw1.sweep.workers import base
from hw1.sweep.workers.local import local_workers
from hw1.sweep.workers.process import WorkerProcess

BATCHES = [(0, 1), (2,), (3, 4, 5), (6,), (7, 8, 9)]


def children():
    """Processes that this one has started, but for the one that multiprocessing keeps."""
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "resource_tracker" not in " ".join(child.cmdline())
    ]


@pytest.mark.fault("loopback")
@pytest.mark.parametrize("count", [1, 2])
def test_every_batch_is_evaluated_once(count):
    with local_workers(column_means, TABLE, count) as workers:
        for batches in (BATCHES, BATCHES[:2], []):  # the same workers, several times
            found = results(workers, batches)
            assert found == {n: column_means(TABLE, batch) for n, batch in enumerate(batches)}
        assert listening(children()) == set()


def test_one_worker_is_this_process_and_leaves_no_child():
    with local_workers(place_of_work, None, 1) as workers:
        [outcome] = results(workers, [(0,)])[0]
        assert int(outcome.reason.split("|")[0]) == os.getpid()
        assert not children()


def test_processes_are_reused_have_one_thread_and_change_no_environment():
    before = dict(os.environ)
    with local_workers(place_of_work, None, 2) as workers:
        found = [results(workers, [(0,), (1,), (2,), (3,)]) for _ in range(2)]
    words = [outcomes[0].reason.split("|") for result in found for outcomes in result.values()]
    assert len({pid for pid, *_ in words} - {str(os.getpid())}) == 2
    assert {(variable, threads) for _, variable, threads, _ in words} == {("1", "1")}
    assert dict(os.environ) == before
    assert not children()


def test_outcomes_come_as_they_are_finished():
    with local_workers(slow_column_means, TABLE, 2) as workers:
        list(workers.evaluate([(0,), (1,)]))
        begin = time.monotonic()
        next(workers.evaluate([(n,) for n in range(10)]))
        assert time.monotonic() - begin < 1
        assert results(workers, BATCHES)[4] == column_means(TABLE, BATCHES[4])  # nothing stale


@pytest.mark.parametrize("count", [1, 2])
def test_errors_come_from_the_workers(count):
    with local_workers(failing, None, count) as workers:
        with pytest.raises(DataError, match="no such column") as told:
            list(workers.evaluate(["data"]))
        assert not hasattr(told.value, "__notes__")
        with pytest.raises(ZeroDivisionError, match="nothing to divide by") as told:
            list(workers.evaluate(["zero"]))
        assert count == 1 or "in failing" in told.value.__notes__[0]


def test_what_cannot_travel_is_told():
    with (
        local_workers(failing, None, 2) as workers,
        pytest.raises(RuntimeError, match="OddError: 1 and 2") as told,
    ):
        list(workers.evaluate(["odd"]))
    assert "in failing" in told.value.__notes__[0]
    with (
        local_workers(unsendable, None, 2) as workers,
        pytest.raises(Exception, match="lambda"),
    ):
        list(workers.evaluate([0]))


@pytest.mark.fault("kill a sweep")
def test_batch_whose_worker_dies_is_evaluated_again(tmp_path):
    with local_workers(deadly, tmp_path, 2) as workers:
        found = results(workers, [(0, 0), (1, 2), (2, 0), (3, 1), (4, 0)])
    assert {place: outcomes[0].number for place, outcomes in found.items()} == {
        n: n for n in range(5)
    }
    assert len((tmp_path / "1").read_text().split()) == 3


@pytest.mark.fault("kill a sweep")
def test_idle_worker_that_dies_is_replaced():
    with local_workers(column_means, TABLE, 2) as workers:
        for child in children():
            child.kill()
            child.wait()
        assert results(workers, BATCHES)[0] == column_means(TABLE, BATCHES[0])


@pytest.mark.fault("kill a sweep")
@pytest.mark.parametrize("deaths", [1, 9])
def test_worker_that_is_killed_as_it_starts_is_replaced(monkeypatch, deaths):
    instruct, killed = WorkerProcess.instruct, []

    def killing(process, errand):
        if len(killed) < deaths:
            killed.append(process)
            process._process.kill()
        instruct(process, errand)

    monkeypatch.setattr(WorkerProcess, "instruct", killing)
    if deaths == 1:
        with local_workers(column_means, TABLE, 2) as workers:
            assert results(workers, BATCHES)[0] == column_means(TABLE, BATCHES[0])
    else:
        with pytest.raises(Hw1Error, match="does not start: it was killed by SIGKILL"):
            local_workers(column_means, TABLE, 2).__enter__()
        assert len(killed) == 3
    assert not children()


@pytest.mark.fault("kill a sweep")
def test_batch_that_always_kills_is_named(tmp_path):
    with (
        local_workers(deadly, tmp_path, 2) as workers,
        pytest.raises(Hw1Error, match=r"batch 1 \(\(7, 99\)\) .* 3 times .*SIGKILL"),
    ):
        list(workers.evaluate([(6, 0), (7, 99), (8, 0)]))
    assert not children()


def interrupted(workers, begun):
    """Evaluate, and be interrupted when both processes compute."""

    def when_both_compute(number, frame):
        if len(list(begun.iterdir())) == 2:
            signal.default_int_handler(number, frame)

    signal.signal(signal.SIGALRM, when_both_compute)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
    try:
        list(workers.evaluate(range(4)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def test_leaving_ends_processes_that_compute(tmp_path):
    with local_workers(busy, tmp_path, 2) as workers, pytest.raises(KeyboardInterrupt):
        interrupted(workers, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert not children()


@pytest.mark.fault("kill a sweep")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(tmp_path, how):
    program, workers = started_search("local", tmp_path / "begun")
    if how is signal.SIGINT:
        os.killpg(program.pid, how)  # as a terminal does
    else:
        program.send_signal(how)
    _, told = program.communicate(timeout=PATIENCE)
    assert wait_for(lambda: not any(computes(worker) for worker in workers))
    assert told.count("Traceback") == (how is signal.SIGINT)  # the parent's own


def test_function_that_cannot_be_loaded_is_told(monkeypatch):
    import workers_support

    def elsewhere(_, batch):
        return []

    elsewhere.__qualname__ = "gone"
    elsewhere.__module__ = "workers_support"
    monkeypatch.setattr(workers_support, "gone", elsewhere, raising=False)
    with (
        local_workers(elsewhere, None, 2) as workers,
        pytest.raises(Hw1Error, match="cannot load what it is to do: AttributeError"),
    ):
        list(workers.evaluate([0]))


def test_workers_end_with_their_context():
    with local_workers(column_means, TABLE, 2) as workers:
        evaluation = workers.evaluate(BATCHES)
        next(evaluation)
    with pytest.raises(RuntimeError, match="within their context"):
        list(evaluation)


def test_processors_are_those_of_the_container(tmp_path):
    quota = tmp_path / "cpu.max"
    for text, expected in [("150000 100000", 2), ("max 100000", None)]:
        quota.write_text(text)
        assert base._quota(quota) == expected
    assert base._quota(tmp_path / "none") is None
    assert base.usable_processors() >= 1
