import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from listening_support import LOOPBACK, family, listening
from search_support import Progress, make_data, search
from support import ROOT
from workers_support import (
    TABLE,
    column_means,
    computes,
    deadly,
    failing,
    place_of_work,
    results,
    slow_column_means,
    started_search,
    wait_for,
)

from hw1.core.errors import DataError, Hw1Error
from hw1.sweep.evaluate import evaluate_batch
from hw1.sweep.workers import base, ray_session
from hw1.sweep.workers.inline import InlineWorkers
from hw1.sweep.workers.on_ray import ray_workers

with_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed: there is none for this Python"
)
BATCHES = [(n % 10, (n + 3) % 10) for n in range(12)]


@contextmanager
def ray_cluster(*options):
    """The address of a cluster of two machines, and its program; both end with the context."""
    program = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "ray_cluster.py"), *options],
        env=os.environ
        | ray_session.SETTINGS
        | ray_session.LOOPBACK_ONLY
        | {"PYTHONPATH": str(ROOT / "tests")},  # the project's code has to come from the driver
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    me = psutil.Process(program.pid)
    family = [me]
    try:
        address = program.stdout.readline().strip()
        family += me.children(recursive=True)
        yield address, program
        family += me.children(recursive=True)
    finally:
        program.stdin.close()  # the end of its input ends it
        psutil.wait_procs([me], 20)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        program.wait()


@pytest.fixture(scope="module")
def cluster():
    with ray_cluster() as (address, program):
        yield address, program


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """Tests share their machine with others, and may take longer than is said to people."""
    monkeypatch.setattr(ray_session, "PATIENCE", 60.0)


def inline_results():
    with InlineWorkers(column_means, TABLE) as workers:
        return results(workers, BATCHES)


def ray_processes():
    """Ray's processes that this process has started, in any depth."""
    family = psutil.Process().children(recursive=True)
    return [process for process in family if process.name() in ("raylet", "gcs_server")]


def folders(pid):
    """Where the Ray that a process has started on this machine keeps its files."""
    family = psutil.Process(pid).children(recursive=True)
    words = " ".join(word for process in family for word in process.cmdline())
    return {Path(found) for found in re.findall(r"/tmp/hw1-ray-\w+", words)}


@with_ray
@pytest.mark.slow
@pytest.mark.fault("loopback")
def test_ray_of_this_machine(tmp_path):
    before, running = dict(os.environ), len(ray_processes())
    with ray_workers(place_of_work, TABLE) as workers:
        places = results(workers, [(n,) for n in range(4)])
        [folder] = folders(os.getpid())
        assert listening(family()) == {LOOPBACK}
    words = [outcomes[0].reason.split("|") for outcomes in places.values()]
    assert {(variable, threads) for _, variable, threads, _ in words} == {("1", "1")}
    assert str(os.getpid()) not in {pid for pid, *_ in words}
    settings = {"PYTHONPATH", *base.THREAD_LIMITS, *ray_session.SETTINGS}
    assert all(os.environ.get(name) == before.get(name) for name in settings)
    assert len(ray_processes()) == running
    assert not folder.exists()


@pytest.mark.fault("kill a sweep")
@with_ray
@pytest.mark.slow
def test_worker_that_is_killed_loses_nothing(cluster, tmp_path):
    with ray_workers(deadly, tmp_path, cluster[0]) as workers:
        found = results(workers, [(n, {3: 1}.get(n, 0)) for n in range(8)])
        assert [found[n][0].number for n in range(8)] == list(range(8))
        with pytest.raises(Hw1Error, match=r"batch 1 \(\(21, 99\)\) ended its worker 3 times"):
            list(workers.evaluate([(20, 0), (21, 99)]))
        assert results(workers, [(30, 0)])[0][0].number == 30  # the workers are still there


@with_ray
@pytest.mark.slow
def test_cluster_evaluates_with_the_code_that_is_here(cluster):
    with ray_workers(place_of_work, None, cluster[0]) as workers:
        places = results(workers, [(n,) for n in range(4)])
    words = [outcomes[0].reason.split("|") for outcomes in places.values()]
    assert {(variable, threads) for _, variable, threads, _ in words} == {("1", "1")}
    assert all("py_modules_files" in path for *_, path in words)


@with_ray
@pytest.mark.slow
def test_errors_come_from_the_cluster(cluster):
    with ray_workers(failing, None, cluster[0]) as workers:
        with pytest.raises(DataError, match="no such column"):
            list(workers.evaluate(["data"]))
        with pytest.raises(ZeroDivisionError, match="nothing to divide by") as told:
            list(workers.evaluate(["zero"]))
        assert "in failing" in told.value.__notes__[0]
        with pytest.raises(Hw1Error, match="connected to Ray already"):
            ray_workers(failing, None, cluster[0]).__enter__()


@with_ray
@pytest.mark.slow
def test_machine_that_is_lost_loses_nothing():
    with (
        ray_cluster() as (address, program),
        ray_workers(slow_column_means, TABLE, address) as workers,
    ):
        found = {}
        for place, outcomes in workers.evaluate(BATCHES):
            assert place not in found
            found[place] = outcomes
            if len(found) == 3:
                program.stdin.write("remove\n")
                program.stdin.flush()
                assert program.stdout.readline() == "removed\n"
    assert found == inline_results()


@with_ray
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.slow
def test_ray_ends_with_the_search(tmp_path, how):
    program, workers = started_search("ray", tmp_path / "begun")
    [folder] = folders(program.pid)
    begin = time.monotonic()
    if how is signal.SIGINT:
        os.killpg(program.pid, how)
    else:
        program.kill()
    _, told = program.communicate(timeout=30)
    assert wait_for(lambda: not any(computes(worker) for worker in workers), 10)
    assert time.monotonic() - begin < 10
    if how is signal.SIGINT:
        assert "KeyboardInterrupt" in told.splitlines()[-1]
        assert not folder.exists()
    shutil.rmtree(folder, ignore_errors=True)


@with_ray
@pytest.mark.slow
def test_cluster_of_another_version_is_refused():
    with (
        ray_cluster("--strange") as (address, _),
        pytest.raises(Hw1Error, match=r"cannot be joined: .*ersion mismatch(.|\n)*Ray: 1\.0\.0"),
    ):
        ray_workers(column_means, TABLE, address).__enter__()


@with_ray
@pytest.mark.parametrize("address", ["nowhere", "host:port", "127.0.0.1:"])
def test_address_is_checked(address):
    with pytest.raises(Hw1Error, match="HOST:PORT or auto"):
        ray_workers(column_means, TABLE, address).__enter__()


@with_ray
def test_cluster_that_is_not_there_is_told_at_once(monkeypatch):
    monkeypatch.setattr(ray_session, "PATIENCE", 3.0)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = "{}:{}".format(*listener.getsockname())
        with pytest.raises(Hw1Error, match=f"no Ray cluster answers at {address}"):
            ray_workers(column_means, TABLE, address).__enter__()
        listener.listen()
        begin = time.monotonic()
        with pytest.raises(Hw1Error, match=f"what listens at {address} has not answered"):
            ray_workers(column_means, TABLE, address).__enter__()
        assert time.monotonic() - begin < 5


def test_without_ray_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Hw1Error, match=r"pip install -e '\.\[ray\]'"):
        ray_workers(column_means, TABLE).__enter__()


@pytest.mark.fault("kill a sweep")
@with_ray
def test_a_search_on_ray_finds_the_same_though_a_worker_is_killed(cluster, tmp_path):
    data = make_data(tmp_path / "edition")
    alone = search(tmp_path / "alone", InlineWorkers(evaluate_batch, data))

    def kill_a_worker():
        family = psutil.Process(cluster[1].pid).children(recursive=True)
        working = [process for process in family if "ray::" in " ".join(process.cmdline())]
        working[0].kill()

    progress = Progress(1, kill_a_worker)
    found = search(tmp_path / "ray", ray_workers(evaluate_batch, data, cluster[0]), progress)

    assert found == alone
    assert len(progress.added) == len(set(progress.added))
