"""Publish from inside a stage: the variant whose files stand in the current folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hw1.core import layout
from hw1.lineage.blobs import WorkspaceBlobs
from hw1.lineage.record import Record
from hw1.lineage.restoring import restore_command
from hw1.tracking.creation import Publication
from hw1.tracking.drawing import Drawn, start_drawing
from hw1.tracking.publish import find_or_create
from hw1.tracking.store import no_garbage, say_to_person, tracking_client
from hw1.tracking.tags import run_tags

StartDrawing = Callable[[Record, str | None, str], Callable[[], Drawn]]


def publish_workspace(
    record: Record,
    folder: Path,
    start_drawing: StartDrawing = start_drawing,
    say: Callable[[str], None] = say_to_person,
) -> str:
    """Find or create the run of the variant in a folder.

    Args:
        record: the variant.
        folder: where its files stand.
        start_drawing: begins to draw its pictures and page.
        say: told once which other publisher is waited for, if that lasts.

    Raises:
        TrackerError: MLflow's store does not answer.
    """
    blobs = WorkspaceBlobs(record.lock, folder)
    predictions = blobs.read(str(layout.PREDICTIONS)).decode("utf-8")
    drawn = start_drawing(record, predictions, restore_command(record))
    with no_garbage(), tracking_client(say) as client:
        publication = Publication(record, blobs, run_tags(record), False, drawn)
        return find_or_create(client, publication)
