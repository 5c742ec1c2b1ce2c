"""Who stands where: sections that can be ranked within, and what is more than noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hw1.board.entries import Entry
from hw1.board.rows import Row, rows_of
from hw1.compare.metrics import seed_noise
from hw1.compare.paired import PairedDifference, paired_difference
from hw1.compare.words import within_seeds
from hw1.task_words import MainMetric

Kind = Literal["forecast", "transductive", "leaking"]
Verdict = Literal["best", "worse", "better", "noise", "other rows", "no files"]

KINDS: tuple[Kind, ...] = ("forecast", "transductive", "leaking")
"""In the order in which they are listed."""


@dataclass(frozen=True, eq=False)
class Standing:
    """A row and its place.

    Attributes:
        row: the row.
        verdict: how it compares with the best of its section: `worse` by more than noise, or
            `noise` where states and seeds explain the difference (the rule of `hw1 diff`);
            `other rows` where both were validated on other rows, `no files` where predictions are
            gone; None in a leaking section, where the best means nothing.
        paired: the difference on the same rows, this one minus the best.
    """

    row: Row
    verdict: Verdict | None
    paired: PairedDifference | None = None


@dataclass(frozen=True, eq=False)
class Section:
    """Variants that predict the same thing, and whose errors were estimated in the same way.

    Attributes:
        label: the split's name, with its marks.
        method: the split's method.
        kind: forecasts, or what only looks like them.
        metric: what they are judged by.
        rise: how far positivity has to rise, where that is what they tell (percentage points); None
            where they predict it.
        standings: rows, the best first; those on other rows than most come last.
    """

    label: str
    method: str
    kind: Kind
    metric: MainMetric
    rise: float | None
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class Place:
    """What variants must share to be ranked together; see `Section`."""

    rise: float | None
    kind: Kind
    method: str
    label: str

    @classmethod
    def of(cls, entry: Entry) -> Place:
        """Where a variant belongs."""
        return cls(entry.side.rise, kind_of(entry), entry.method, entry.label)

    def order(self, first: str) -> tuple[Any, ...]:
        """A key that sorts sections: positivity before its rise, forecasts first, `first` first."""
        task = (self.rise is not None, self.rise or 0.0)
        return (*task, KINDS.index(self.kind), self.method != first, self.method, self.label)


def kind_of(entry: Entry) -> Kind:
    """Whether a variant forecasts what it cannot know."""
    if entry.leaks:
        return "leaking"
    return "transductive" if entry.transductive else "forecast"


def sections_of(entries: Sequence[Entry], first: str = "") -> list[Section]:
    """Put variants into sections.

    Args:
        entries: all variants of an edition.
        first: the split's method whose section comes first among its kind.
    """
    gathered: dict[Place, list[Entry]] = {}
    for entry in entries:
        gathered.setdefault(Place.of(entry), []).append(entry)
    return [
        Section(
            label=place.label,
            method=place.method,
            kind=place.kind,
            metric=gathered[place][0].side.metric,
            rise=place.rise,
            standings=_ranked(gathered[place], place.kind),
        )
        for place in sorted(gathered, key=lambda place: place.order(first))
    ]


def _ranked(entries: Sequence[Entry], kind: Kind) -> tuple[Standing, ...]:
    rows = rows_of(entries)
    if kind == "leaking":
        return tuple(Standing(row, None) for row in rows)
    digests = {id(row): row.rows for row in rows}
    counts = Counter(digest for digest in digests.values() if digest is not None)
    if not counts:
        return tuple(Standing(row, "no files") for row in rows)
    usual = max(counts, key=lambda digest: counts[digest])  # ties: that of the lowest error
    rows.sort(key=lambda row: digests[id(row)] not in {None, usual})
    best = next(row for row in rows if digests[id(row)] == usual)
    return tuple(_against(best, row) for row in rows)


def _against(best: Row, row: Row) -> Standing:
    if row is best:
        return Standing(row, "best")
    a, b = best.typical.side, row.typical.side
    if a.predictions is None or b.predictions is None:
        return Standing(row, "no files")
    paired = paired_difference(a.predictions, b.predictions, loss=a.loss)
    if paired is None:
        return Standing(row, "other rows")
    if paired.winner is None or within_seeds(paired, seed_noise(a, b)):
        return Standing(row, "noise", paired)
    return Standing(row, "worse" if paired.winner == "a" else "better", paired)
