"""Start `dvc exp run`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hw1.alone import own_programs_first, run_alone

ELSEWHERE = {"--queue", "--temp"}
"""Options with which an experiment leaves the workspace alone."""


def run_experiment(overrides: Sequence[str], options: Sequence[str] = ()) -> int:
    """Run the pipeline as a DVC experiment, with its output on the terminal.

    In the workspace it waits for whoever is at work there: it changes params.yaml.

    Args:
        overrides: `key=value` each, as `-S` takes them.
        options: further options of `dvc exp run`.

    Returns:
        Its exit code.

    Raises:
        Hw1Error: a killed run has left something that a person has to decide.
    """
    words = ["exp", "run", *options]
    words += [word for override in overrides for word in ("-S", override)]
    if ELSEWHERE.isdisjoint(options):
        return run_alone(Path.cwd(), words)
    command = [sys.executable, "-m", "dvc", *words]
    return subprocess.run(command, check=False, env=own_programs_first()).returncode
