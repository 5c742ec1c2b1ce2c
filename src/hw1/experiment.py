"""Start `dvc exp run`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def run_experiment(overrides: Sequence[str], options: Sequence[str] = ()) -> int:
    """Run the pipeline as a DVC experiment, with its output on the terminal.

    Args:
        overrides: `key=value` each, as `-S` takes them.
        options: further options of `dvc exp run`.

    Returns:
        Its exit code.
    """
    command = [sys.executable, "-m", "dvc", "exp", "run", *options]
    command += [word for override in overrides for word in ("-S", override)]
    return subprocess.run(command, check=False, env=own_programs_first()).returncode


def own_programs_first() -> dict[str, str]:
    """An environment in which stages and queue workers run under this very Python."""
    programs = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([programs, os.environ.get("PATH", "")])}
