"""A process that takes itself for a stage, below one that it takes for DVC."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

PATIENCE = 30  # seconds

STAGE = """
import time
from hw1.core.guard import end_with_dvc
end_with_dvc()
print("at work", flush=True)
time.sleep(600)
"""

# a shell between, as some that people log in with are
RUNNER = """
import subprocess, sys
subprocess.run(["sh", "-c", '"$0" -c "$1"; true', sys.executable, sys.argv[1]], check=False)
"""

pytestmark = pytest.mark.fault("kill a stage")


@contextmanager
def running_stage(tmp_path, name="dvc", **variables) -> Iterator[tuple[psutil.Process, ...]]:
    """A runner of the name, and the process in its shell that has called the guard."""
    script = tmp_path / name
    script.write_text(RUNNER)
    known = {key: value for key, value in os.environ.items() if not key.startswith("DVC_")}
    with subprocess.Popen(
        [sys.executable, str(script), STAGE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=known | variables,
    ) as runner:
        below = []
        try:
            assert runner.stdout is not None
            assert runner.stdout.readline() == "at work\n"
            below = psutil.Process(runner.pid).children(recursive=True)
            yield psutil.Process(runner.pid), below[-1]
        finally:
            runner.kill()
            for process in below:
                with suppress(psutil.NoSuchProcess):
                    process.kill()


def test_a_stage_ends_when_its_dvc_is_killed(tmp_path):
    with running_stage(tmp_path, DVC_STAGE="train") as (dvc, stage):
        dvc.kill()
        stage.wait(PATIENCE)


@pytest.mark.parametrize(("name", "variables"), [("dvc", {}), ("other", {"DVC_STAGE": "train"})])
def test_what_is_no_stage_of_a_dvc_goes_on(tmp_path, name, variables):
    with running_stage(tmp_path, name, **variables) as (runner, process):
        runner.kill()
        with pytest.raises(psutil.TimeoutExpired):
            process.wait(0.8)  # three looks
