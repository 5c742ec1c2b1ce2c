"""Functions that workers evaluate in tests: processes and Ray import them by name."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
from support import ROOT

from hw1.core.errors import DataError
from hw1.sweep.trial import Outcome

PATIENCE = 60.0  # seconds; `busy` computes for longer
TABLE = np.arange(1000.0).reshape(100, 10)


class OddError(Exception):
    """An error that pickle can write and not read."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


def column_means(table, columns):
    """The means of columns, as if they were errors of trials."""
    return [
        Outcome(number, "complete", members_mse=float(table[:, number].mean()))
        for number in columns
    ]


def slow_column_means(table, columns):
    time.sleep(0.3)
    return column_means(table, columns)


def place_of_work(_, batch):
    """Where and how a batch is evaluated, in place of a reason; long enough for all to have one."""
    from threadpoolctl import threadpool_info

    import hw1

    time.sleep(0.1)
    threads = {pool["num_threads"] for pool in threadpool_info()}
    words = [os.getpid(), os.environ.get("OMP_NUM_THREADS"), max(threads), hw1.__file__]
    return [Outcome(number, "failed", reason="|".join(map(str, words))) for number in batch]


def failing(_, batch):
    raise {"data": DataError("no such column"), "odd": OddError(1, 2)}.get(
        batch, ZeroDivisionError("nothing to divide by")
    )


def unsendable(_, batch):
    return [lambda: None]


def deadly(folder, batch):
    """Kill the worker at the first so many evaluations of a batch `(number, deaths)`."""
    number, deaths = batch
    with (Path(folder) / str(number)).open("a") as stream:
        stream.write(f"{os.getpid()}\n")
    time.sleep(0.1)
    if len((Path(folder) / str(number)).read_text().split()) <= deaths:
        os.kill(os.getpid(), signal.SIGKILL)
    return [Outcome(number, "complete")]


def busy(folder, batch):
    """Compute for five minutes; a file named after the process tells that it has begun."""
    (Path(folder) / str(os.getpid())).touch()
    end = time.monotonic() + 300
    table = np.ones((300, 300))
    while time.monotonic() < end:
        table = table @ table / 300
    return []


def wait_for(condition, seconds=PATIENCE):
    """Whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def results(workers, batches):
    """Outcomes by place; every place comes once."""
    pairs = list(workers.evaluate(batches))
    assert sorted(place for place, _ in pairs) == list(range(len(batches)))
    return dict(pairs)


def computes(process):
    """Whether a process is there, and not only waits for the system to note its end."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def started_search(kind, folder):
    """A search in a program and process group of its own, which computes; and its workers."""
    folder.mkdir()
    program = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "workers_support.py"), kind, str(folder)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path])},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert wait_for(lambda: len(list(folder.iterdir())) == 2, 60)
    return program, [psutil.Process(int(path.name)) for path in folder.iterdir()]


def search_for_ever(kind, folder):
    """Evaluate what takes too long; a program of its own, to be interrupted or killed."""
    from hw1.sweep.workers.local import local_workers
    from hw1.sweep.workers.on_ray import ray_workers

    workers = local_workers(busy, folder, 2) if kind == "local" else ray_workers(busy, folder)
    with workers:
        list(workers.evaluate(range(6)))


if __name__ == "__main__":
    # a shell makes what it starts in the background deaf to Ctrl-C, and so whatever that starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    search_for_ever(*sys.argv[1:])
