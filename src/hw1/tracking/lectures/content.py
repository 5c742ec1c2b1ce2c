"""What the run of a lecture's result holds: numbers, files and a note.

The numbers are those of its metrics file, by name: `views.linear/7.unseen` is `linear.7.unseen` of
lecture `views`, `views/seconds` how long it took. A list stands in that file alone, which is among
the artifacts: what its places mean, it does not say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile

from hw1.core.errors import DataError
from hw1.core.markdown import code
from hw1.core.sections import flatten
from hw1.lectures.frame.places import metrics_file, page_file
from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.lectures.restoring import restore_command
from hw1.lineage.lectures.stage import LOCK
from hw1.lineage.restoring import NONE
from hw1.tracking.metrics import metric_name

MOST_BLOCKS = 4  # of a page in a note: it is to be read in a few seconds
IMAGE = "!["
NO_TEXT = ("#", "|", "```")  # what Markdown's headings, tables and code begin with
PICTURE = ".png"


@dataclass(frozen=True)
class RunPlace:
    """Where a run is: its experiment's id and its own."""

    experiment: str
    run_id: str

    @property
    def address(self) -> str:
        """What follows the server's address in that of its page."""
        return f"#/experiments/{self.experiment}/runs/{self.run_id}"


def lecture_metrics(record: LectureRecord, files: Mapping[str, bytes]) -> dict[str, float]:
    """Every number that an experiment found, by its name in MLflow.

    Raises:
        DataError: its metrics file is missing or is not JSON.
    """
    path = metrics_file(record.lecture).as_posix()
    try:
        found = json.loads(files[path])
        numbers = {_name(record.lecture, key): value for key, value in flatten(found)}
    except (KeyError, ValueError, AttributeError) as problem:
        raise DataError(f"{path} of `{record.name}` is missing or damaged: {problem!r}") from None
    if record.seconds is not None:
        numbers[seconds_name(record.lecture)] = record.seconds
    return {name: float(value) for name, value in numbers.items() if _is_number(value)}


def seconds_name(lecture: str) -> str:
    """The metric that tells how long an experiment took."""
    return f"{lecture}/seconds"


def lecture_files(record: LectureRecord, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A run's artifacts by path: all that was written, parameters, and DVC's lock where it is."""
    texts = dict(record.params_texts)
    if record.lock_text is not None:
        texts[LOCK.as_posix()] = record.lock_text
    return dict(files) | {path: text.encode("utf-8") for path, text in texts.items()}


def lecture_note(record: LectureRecord, files: Mapping[str, bytes], place: RunPlace) -> str:
    """What a run's page says, in Markdown: what was found, in words and pictures.

    Args:
        record: the result.
        files: its files by path.
        place: the run that holds them.
    """
    path = page_file(record.lecture).as_posix()
    page = files.get(path, b"").decode("utf-8")
    pictures = [path for path in record.outs if path.endswith(PICTURE)]
    parts = [
        *_findings(page),
        *(f"![{path}](get-artifact?path={path}&run_uuid={place.run_id})" for path in pictures),
        restore_line(restore_command(record)),
        f"All of it: [{path}]({place.address}/artifacts/{path})",
    ]
    return "\n\n".join(parts)


def restore_line(restore: str) -> str:
    """What a note says of the command that brings a result back."""
    can_be = not restore.startswith(NONE)
    return f"Bring it back: {code(restore)}" if can_be else f"To bring it back: {restore}"


def _findings(page: str) -> Iterator[str]:
    """The text of a page before its first picture: what it found, in a few sentences."""
    every = (block.strip() for block in page.strip().split("\n\n"))
    blocks = takewhile(lambda block: not block.startswith(IMAGE), every)
    text = (block for block in blocks if not block.startswith(NO_TEXT))
    return islice(text, MOST_BLOCKS)


def _name(lecture: str, key: str) -> str:
    group, _, rest = key.partition(".")
    return metric_name(f"{lecture}.{group}", rest) if rest else metric_name(lecture, group)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
