"""Draw a variant's pictures and page in a process of its own, while this one imports MLflow.

Both take a second or two, and even the smallest machine has two cores.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hw1
from hw1.core import layout
from hw1.lineage.record import Record
from hw1.report.page import page_html
from hw1.report.surroundings import find_surroundings
from hw1.tracking.pictures import draw_pictures

PICTURES = "plots"

Drawn = dict[str, bytes]
"""Content by path among a run's artifacts."""


def draw(record: Record, predictions: str | None, restore: str) -> Drawn:
    """Draw a variant's pictures and its page, which shows the variant alone.

    Others come and go: with them it would not be the same page when MLflow is rebuilt.

    Args:
        record: the variant.
        predictions: text of data/evaluate/predictions.csv; None where it is not at hand.
        restore: the command that brings the variant back.
    """
    return with_page(record, draw_pictures(record.texts, predictions), restore)


def with_page(record: Record, pictures: Mapping[str, bytes], restore: str) -> Drawn:
    """A variant's pictures, and the page that holds them; see `draw`."""
    page = page_html(record, pictures, find_surroundings(record, restore))
    return {f"{PICTURES}/{name}": png for name, png in pictures.items()} | {
        layout.REPORT_ARTIFACT: page
    }


def start_drawing(record: Record, predictions: str | None, restore: str) -> Callable[[], Drawn]:
    """Begin to draw; see `draw`.

    Returns:
        Waits for the files and gives them.
    """
    request = json.dumps(
        {"record": record.to_json(), "predictions": predictions, "restore": restore}
    )
    paths = [str(Path(hw1.__file__).parents[1]), os.environ.get("PYTHONPATH")]
    waiting = ThreadPoolExecutor(1)
    answer = waiting.submit(
        subprocess.run,
        [sys.executable, "-m", __name__],
        input=request.encode(),
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )

    def drawn() -> Drawn:
        ran = answer.result()
        waiting.shutdown()
        if ran.returncode != 0:  # say here, in this process, what went wrong
            return draw(record, predictions, restore)
        files: dict[str, str] = json.loads(ran.stdout)
        return {name: base64.b64decode(content) for name, content in files.items()}

    return drawn


def main() -> None:
    """Draw what standard input asks for."""
    request = json.load(sys.stdin)
    record = Record.from_json(request["record"])
    drawn = draw(record, request["predictions"], request["restore"])
    json.dump({name: base64.b64encode(file).decode() for name, file in drawn.items()}, sys.stdout)


if __name__ == "__main__":
    main()
