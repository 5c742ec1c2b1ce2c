"""Write a variant's page where a person asks for it."""

from __future__ import annotations

import re
from pathlib import Path

from hw1.core import layout
from hw1.core.errors import DataError
from hw1.core.files import write_bytes
from hw1.core.place import project_root
from hw1.lineage.record import Record
from hw1.lineage.restoring import restore_command
from hw1.report.page import page_html
from hw1.report.rivals import find_rivals
from hw1.report.surroundings import find_surroundings
from hw1.tracking.find import resolve_variant
from hw1.tracking.pictures import draw_pictures

LONGEST_NAME = 60
SHORT_KEY = 7


def write_report(name: str, output: Path | None = None) -> Path:
    """Write a variant's page.

    Args:
        name: the variant, as `hw1 show` takes it.
        output: where to write it; None for a file of data/report/.

    Returns:
        Where it lies.

    Raises:
        Hw1Error: there is no such variant.
        DataError: its metrics are damaged or another version's.
    """
    root = project_root()
    found = resolve_variant(name, root)
    record = found.record
    try:
        predictions = found.blobs.read(str(layout.PREDICTIONS)).decode("utf-8")
    except DataError:  # DVC's cache was cleaned; everything else can be shown
        predictions = None
    try:
        pictures = draw_pictures(record.texts, predictions)
        restore = restore_command(record, found.traces)
        html = page_html(
            record, pictures, find_surroundings(record, restore, find_rivals(record, root))
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise DataError(
            f"`{record.name}` has metrics of another version of the project ({problem!r}); "
            "`dvc repro` renews those of the workspace"
        ) from None
    path = output or layout.REPORT_FOLDER / file_name(record)
    write_bytes(path, html)
    return path


def file_name(record: Record) -> str:
    """A file name that tells variants apart: `lasso-5ded9ca.html`."""
    name = re.sub(r"[^\w.=-]+", "-", record.name)[:LONGEST_NAME].strip("-.")
    return f"{name}-{record.variant.key[:SHORT_KEY]}.html"
