"""What publishing a variant costs beside starting MLflow alone: `python bench/publishing.py`.

Run it in a project whose pipeline has run. Every repetition has a store of its own, and the three
are measured in turn, so that a machine that slows down slows all of them. Writes publishing.json
and publishing.md beside itself.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
REPETITIONS = 7
OPEN_STORE = "import mlflow; mlflow.MlflowClient('{uri}').search_experiments()"


def seconds(command, uri):
    """Wall-clock seconds of a command that uses a store."""
    environment = os.environ | {"MLFLOW_TRACKING_URI": uri}
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure():
    """Seconds of each repetition by what was done."""
    found = {"MLflow alone": [], "a new variant": [], "a variant that is known": []}
    track = [sys.executable, "-m", "stages.track"]
    with TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.db"
        alone = [sys.executable, "-c", OPEN_STORE.format(uri=f"sqlite:///{empty}")]
        seconds(alone, "")  # creates the store, which takes longer
        for number in range(REPETITIONS):
            store = shutil.copy(empty, Path(folder) / f"{number}.db")
            found["MLflow alone"].append(seconds(alone, ""))
            found["a new variant"].append(seconds(track, f"sqlite:///{store}"))
            found["a variant that is known"].append(seconds(track, f"sqlite:///{store}"))
    return found


def table(found):
    """The measurements in Markdown."""
    base = median(found["MLflow alone"])
    lines = ["| | median s | min to max s | against MLflow alone |", "|---|---|---|---|"]
    for name, values in found.items():
        spread = f"{min(values):.1f} to {max(values):.1f}"
        middle = median(values)
        lines.append(f"| {name} | {middle:.1f} | {spread} | {middle / base:.2f} x |")
    return "\n".join(lines) + "\n"


def main():
    found = measure()
    place = Path(__file__).with_suffix("")
    place.with_suffix(".json").write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    place.with_suffix(".md").write_text(table(found))
    print(table(found))


if __name__ == "__main__":
    main()
