"""Run a command and write what it took: `python meter.py FILE COMMAND ...`.

A process of its own and a small one, because Linux counts the memory of whoever starts a command
as the command's.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

# ru_maxrss counts kibibytes on Linux and bytes on macOS
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Exit as the command does."""
    file, *command = sys.argv[1:]
    started = time.monotonic()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    taken = {"started": started, "seconds": seconds, "peak_bytes": usage.ru_maxrss * RSS_UNIT}
    Path(file).write_text(json.dumps(taken))
    raise SystemExit(process.returncode)


if __name__ == "__main__":
    main()
