"""A stage whose model has diverged has its run marked as failed in MLflow.

What a stage imports decides when it is run again, so it imports nothing of MLflow: a process of its
own records the failure and publishes it, while the stage waits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import hw1
from hw1.core.errors import DivergedError

MARKER = "hw1.tracking.failed"
FITTING = ("train", "evaluate", "submit")
"""The pipeline's stages whose models can diverge."""


def mark_failed(problem: DivergedError) -> None:
    """Record and publish the running stage's failure; trouble with that is told, and no more.

    Nothing happens outside DVC, and in a stage of another pipeline.
    """
    # from another folder DVC names the file as well: `../dvc.yaml:train`
    stage = os.environ.get("DVC_STAGE", "").rpartition(":")[2]
    if stage not in FITTING:
        return
    paths = [str(Path(hw1.__file__).parents[1]), os.environ.get("PYTHONPATH")]
    try:
        ran = subprocess.run(
            [sys.executable, "-B", "-m", MARKER],  # -B: the tree is not its to write to
            input=json.dumps(_told(stage, problem)),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdout=subprocess.PIPE,  # what it waits for it says at once
            text=True,
            check=False,
        )
    except OSError as trouble:
        print(f"{stage}: not marked as failed in MLflow: {trouble}", flush=True)
        return
    print(ran.stdout, end="", flush=True)
    if ran.returncode != 0:
        reason = f"exit code {ran.returncode}"
        print(f"{stage}: not marked as failed in MLflow: {reason}", flush=True)


def _told(stage: str, problem: DivergedError) -> dict[str, object]:
    import psutil

    return {
        "stage": stage,
        "message": str(problem),
        "place": problem.place,
        "epoch": problem.epoch,
        "step": problem.step,
        "learning_rate": problem.learning_rate,
        "seconds": round(time.time() - psutil.Process().create_time(), 2),
    }
