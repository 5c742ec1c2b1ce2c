"""Draw a variant's pictures before anybody asks for them: they take longer than publishing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from hw1.core import layout
from hw1.lineage.record import Record
from hw1.tracking.drawing import Drawn, with_page
from hw1.tracking.pictures import SHOWN, draw_pictures

FILES = (*SHOWN, layout.PREDICTIONS)

State = tuple[tuple[int, int, int], ...]


class PicturesAhead:
    """The pictures of what will stand in a folder, drawn as soon as its files stand still.

    What stands there already is the last variant's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: State | None = None
        self._tried = self._state()
        self._key: object = None
        self._pictures: dict[str, bytes] = {}

    def look(self) -> None:
        """Draw if all files are there, as they were at the last look, and new."""
        seen, self._seen = self._seen, self._state()
        if self._seen in (None, self._tried) or self._seen != seen:
            return
        self._tried = self._seen
        # a stage may be writing: what comes of a mixture of files is never asked for
        with suppress(OSError, ValueError, KeyError, TypeError, IndexError):
            texts = {str(path): self._read(path) for path in FILES}
            predictions = texts.pop(str(layout.PREDICTIONS))
            self._pictures = draw_pictures(texts, predictions)
            self._key = _key(texts, predictions)

    def start(self, record: Record, predictions: str | None, restore: str) -> Callable[[], Drawn]:
        """Give pictures and page when called; does `hw1.tracking.drawing.start_drawing`'s work."""

        def drawn() -> Drawn:
            if self._key == _key(record.texts, predictions):
                return with_page(record, self._pictures, restore)
            return with_page(record, draw_pictures(record.texts, predictions), restore)

        return drawn

    def _read(self, path: Path) -> str:
        return (self._folder / path).read_bytes().decode("utf-8")

    def _state(self) -> State | None:
        try:
            stats = [(self._folder / path).stat() for path in FILES]
        except OSError:  # DVC removes what a stage is about to write
            return None
        return tuple((stat.st_ino, stat.st_mtime_ns, stat.st_size) for stat in stats)


def _key(texts: Mapping[str, str], predictions: str | None) -> object:
    return tuple(texts.get(str(path)) for path in SHOWN), predictions
