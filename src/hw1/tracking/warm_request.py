"""Ask the publisher that an earlier stage has started; see `hw1.lineage.warm`."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from hw1.lineage.record import Record
from hw1.lineage.warm import SOCKET, identity
from hw1.tracking.store import LONGEST_WAIT, TrackerError, say_to_person

READY = b"ready\n"
LONGEST_WARMING = 20  # seconds; publishing without it takes less


def publish_warm(record: Record, folder: Path) -> str | None:
    """Have the variant in a folder published by the tree's publisher, if one is there.

    Returns:
        The run's id; None where the caller has to publish by itself.

    Raises:
        TrackerError: MLflow's server does not answer.
    """
    if not SOCKET.exists():
        return None
    request = {"identity": identity(), "folder": str(folder), "record": record.to_json()}
    try:
        answer = _ask(json.dumps(request).encode())
    except (OSError, ValueError):
        return None
    if not isinstance(answer, dict):
        return None
    if "unreachable" in answer:
        raise TrackerError(str(answer["unreachable"]))
    return str(answer["run"]) if answer.get("run") else None


def _ask(request: bytes) -> Any:
    with socket.socket(socket.AF_UNIX) as connection, connection.makefile("rb") as answers:
        connection.settimeout(LONGEST_WARMING)
        connection.connect(str(SOCKET))
        if answers.readline(len(READY)) != READY:
            raise ValueError("not a publisher, or one that has ended")
        connection.settimeout(LONGEST_WAIT + LONGEST_WARMING)
        connection.sendall(request + b"\n")
        while True:
            answer = json.loads(answers.readline())
            if not isinstance(answer, dict) or "waiting" not in answer:
                return answer
            say_to_person(str(answer["waiting"]))
