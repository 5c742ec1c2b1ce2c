"""How long the stages of a variant took, and which of them ran for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from hw1.core.files import write_text
from hw1.core.note import NOTES, note_path, params_digest
from hw1.core.place import state_folder
from hw1.lineage.lock import Lock, StageEntry
from hw1.lineage.record import Timing


def gather_timings(lock: Lock, root: Path) -> dict[str, Timing]:
    """Read the stages' notes, and remember their seconds for variants that reuse their results.

    Args:
        lock: the variant's dvc.lock.
        root: the project's own root, where seconds are remembered.
    """
    timings = {}
    for stage, entry in lock.stages.items():
        seconds = _noted_seconds(stage)
        memory = state_folder(root) / "seconds" / _digest(entry)
        if seconds is None:
            timings[stage] = Timing(False, _remembered(memory))
        else:
            timings[stage] = Timing(True, seconds)
            write_text(memory, f"{seconds}\n")
    return timings


def clear_notes() -> None:
    """Forget the notes of stages whose variant is recorded."""
    for path in NOTES.glob("*.json"):
        path.unlink(missing_ok=True)


def _noted_seconds(stage: str) -> float | None:
    """Seconds of a stage that ran with the present parameters since the last variant."""
    try:
        note = json.loads(note_path(stage).read_text(encoding="utf-8"))
        return float(note["seconds"]) if note["params"] == params_digest() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remembered(memory: Path) -> float | None:
    try:
        return float(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _digest(entry: StageEntry) -> str:
    content = json.dumps(vars(entry), sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:32]
