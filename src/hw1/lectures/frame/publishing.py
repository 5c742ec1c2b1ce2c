"""Have an experiment's results published in MLflow, without importing it.

A process beside the stage (`hw1.tracking.lectures.stage`) imports MLflow while the experiment
computes, and publishes when it has ended: an experiment depends on no code of tracking, and the
import takes it no time. The environment variable `HW1_WARM=0` has the process started at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hw1

PUBLISHER = "hw1.tracking.lectures.stage"
SWITCH = "HW1_WARM"


@contextmanager
def published(lecture: str, *, ahead: bool = True) -> Iterator[None]:
    """Publish what an experiment's stage writes in this block, if it ends well.

    Outside DVC nothing is published. Trouble with it is told and never fails the stage.

    Args:
        lecture: the experiment's name.
        ahead: whether MLflow may be imported while the block runs; else afterwards.
    """
    if not os.environ.get("DVC_STAGE"):
        yield
        return
    begun = time.perf_counter()
    ahead = ahead and os.environ.get(SWITCH) != "0"
    publisher = _start(lecture) if ahead else None
    try:
        yield
    except BaseException:
        if publisher and publisher.stdin:
            publisher.stdin.close()  # it ends by itself, and is not waited for
        raise
    seconds = round(time.perf_counter() - begun, 2)
    sys.stdout.flush()  # what the stage says comes first
    publisher = publisher or _start(lecture)
    if publisher:
        publisher.communicate(f"{seconds}\n".encode())


def _start(lecture: str) -> subprocess.Popen[bytes] | None:
    paths = [str(Path(hw1.__file__).parents[1]), os.environ.get("PYTHONPATH")]
    try:
        return subprocess.Popen(
            [sys.executable, "-B", "-m", PUBLISHER, lecture],  # -B: the tree is not its to write to
            stdin=subprocess.PIPE,
            start_new_session=True,  # ends when the pipe does, not in the midst of making a store
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
    except OSError as problem:
        print(f"{lecture}: not in MLflow: {problem}; `hw1 track` publishes it")
        return None
