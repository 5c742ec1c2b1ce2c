"""Run one stage and write when it got where: `python -m bench.speed.stage_clock STAGE FILE`.

Seconds by the system's monotonic clock, which all processes share: when the stage was imported,
when its main was done, and how long imports inside main took.
"""

import builtins
import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any


class ImportClock:
    """Adds up the seconds of import statements, each with all that it imports in turn."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0
        self._import = builtins.__import__

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Import as Python does."""
        self._depth += 1
        started = time.monotonic()
        try:
            return self._import(*arguments, **named)
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.seconds += time.monotonic() - started


def main() -> None:
    """Import the stage, run it, write the times."""
    stage, file = sys.argv[1:]
    module = import_module(f"stages.{stage}")
    imported = time.monotonic()
    clock = ImportClock()
    builtins.__import__ = clock
    module.main()
    done = time.monotonic()
    times = {"imported": imported, "done": done, "imports_in_main": clock.seconds}
    Path(file).write_text(json.dumps(times))


if __name__ == "__main__":
    main()
