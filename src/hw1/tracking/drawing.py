"""Draw a variant's pictures in a process of its own, while this one imports MLflow.

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
from hw1.tracking.pictures import draw_pictures

Pictures = dict[str, bytes]


def start_drawing(texts: Mapping[str, str], predictions: str | None) -> Callable[[], Pictures]:
    """Begin to draw.

    Args:
        texts: see `draw_pictures`.
        predictions: likewise.

    Returns:
        Waits for the pictures and gives them.
    """
    request = json.dumps({"texts": dict(texts), "predictions": predictions})
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

    def pictures() -> Pictures:
        ran = answer.result()
        waiting.shutdown()
        if ran.returncode != 0:  # say here, in this process, what went wrong
            return draw_pictures(texts, predictions)
        drawn: dict[str, str] = json.loads(ran.stdout)
        return {name: base64.b64decode(content) for name, content in drawn.items()}

    return pictures


def main() -> None:
    """Draw what standard input asks for."""
    request = json.load(sys.stdin)
    drawn = draw_pictures(request["texts"], request["predictions"])
    json.dump({name: base64.b64encode(png).decode() for name, png in drawn.items()}, sys.stdout)


if __name__ == "__main__":
    main()
