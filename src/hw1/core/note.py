"""What a stage notes when it ends: its seconds, kept out of everything that DVC tracks.

A time in a tracked file would give every run other bytes than the one before.
"""

import hashlib
import json
import os
import time
from pathlib import Path

from hw1.core.files import write_text
from hw1.core.place import STATE
from hw1.core.sections import PARAMS_FILE

NOTES = STATE / "stages"  # in the tree that the stage runs in


def note_stage() -> None:
    """Note that the running stage has ended well, and the seconds since its process began."""
    stage = os.environ.get("DVC_STAGE")
    if not stage:
        return
    import psutil

    seconds = time.time() - psutil.Process().create_time()
    note = {"seconds": round(seconds, 2), "params": params_digest()}
    write_text(note_path(stage), json.dumps(note))


def note_path(stage: str) -> Path:
    """The file of a stage's note."""
    return NOTES / f"{stage}.json"


def params_digest() -> str:
    """What tells one state of params.yaml from another."""
    return hashlib.sha256(PARAMS_FILE.read_bytes()).hexdigest()
