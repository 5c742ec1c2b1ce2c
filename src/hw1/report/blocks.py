"""What a page is made of; all text in it is plain, and escaped when it is rendered."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Paragraph:
    """A few sentences."""

    text: str
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Command:
    """A line to be copied into a terminal."""

    text: str
    kind: ClassVar[str] = "command"


@dataclass(frozen=True)
class Figure:
    """A picture.

    Attributes:
        png: its bytes.
        alt: what it shows, for who cannot see it.
    """

    png: bytes
    alt: str
    kind: ClassVar[str] = "figure"

    @property
    def source(self) -> str:
        """The picture as an address that holds all of it."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


@dataclass(frozen=True)
class Bar:
    """A bar beside a number, in percent of its cell's width.

    Attributes:
        start: where it begins.
        width: how long it is.
        negative: whether the number is below 0.
    """

    start: float
    width: float
    negative: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a table.

    Attributes:
        cells: texts; the first is the line's name.
        bar: drawn in a last cell of its own, where the table has bars.
        marked: whether the line stands out.
        tone: `good`, `bad` or nothing: the colour of the last text.
    """

    cells: tuple[str, ...]
    bar: Bar | None = None
    marked: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """A table; all columns but the first hold numbers, if not `words`.

    Attributes:
        head: the columns' names; none for a table of names and values.
        lines: its lines.
        bars: whether lines end with a bar.
        words: whether cells are text, aligned to the left.
        folded: what to click at to see it, where it is long; empty for one that is always open.
    """

    head: tuple[str, ...]
    lines: tuple[Line, ...]
    bars: bool = False
    words: bool = False
    folded: str = ""
    kind: ClassVar[str] = "table"


Block = Paragraph | Command | Figure | Table


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Tile:
    """One of the few numbers that decide.

    Attributes:
        label: what it is.
        value: the number.
        note: what to know beside it.
        tone: `good`, `bad` or nothing.
    """

    label: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Page:
    """A whole page.

    Attributes:
        title: the variant's name.
        facts: pairs of what and its value: edition, model, split.
        warnings: why its error is not to be trusted.
        tiles: the numbers that decide.
        sections: everything else.
        key: the variant's key.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    key: str


def bars(values: Sequence[float]) -> list[Bar]:
    """Bars for numbers, from a common zero."""
    highest, lowest = max([0.0, *values]), min([0.0, *values])
    span = highest - lowest or 1.0
    zero = -lowest / span * 100
    result = []
    for value in values:
        width = abs(value) / span * 100
        start = zero if value >= 0 else zero - width
        result.append(Bar(round(start, 2), round(width, 2), value < 0))
    return result


def number_lines(values: Sequence[tuple[str, float]], texts: Sequence[str]) -> tuple[Line, ...]:
    """Lines of a name, a number as text and its bar."""
    drawn = bars([value for _, value in values])
    return tuple(
        Line((name, text), bar) for (name, _), text, bar in zip(values, texts, drawn, strict=True)
    )
