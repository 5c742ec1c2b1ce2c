"""Every variant of an edition, from the ledger, DVC's experiments and git; MLflow has no say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hw1.board.marks import is_transductive
from hw1.compare.side import Side
from hw1.core import layout
from hw1.core.errors import DataError, ParamsError
from hw1.evaluation.labels import leaks
from hw1.lineage.blobs import CacheBlobs, cache_folder
from hw1.lineage.history import History
from hw1.lineage.lock import LOCK_FILE
from hw1.lineage.observe import keep_workspace
from hw1.lineage.record import Record

SEED = "train.seed"


@dataclass(frozen=True, eq=False)
class Entry:
    """One variant with its numbers.

    Attributes:
        record: the variant.
        side: its parameters, numbers and, where they are at hand, predictions.
    """

    record: Record
    side: Side

    @cached_property
    def evaluated(self) -> dict[str, Any]:
        """What metrics/evaluate.json holds."""
        return self.record.metrics(layout.EVALUATE_METRICS)

    @property
    def value(self) -> float:
        """The metric that it is judged by, on validation rows."""
        return self.side.metrics["evaluate.main.value"]

    @property
    def method(self) -> str:
        """How validation rows were held out."""
        return str(self.evaluated["split"]["method"])

    @property
    def label(self) -> str:
        """The split's name, with its marks."""
        return str(self.evaluated["split"]["label"])

    @property
    def leaks(self) -> bool:
        """Whether held-out days are also in training rows."""
        return bool(self.evaluated["split"].get("leaks", leaks(self.method)))

    @property
    def transductive(self) -> bool:
        """Whether it looks at days of other windows, and is no forecast."""
        return is_transductive(self.evaluated["split"])

    @property
    def extrapolation(self) -> str | None:
        """`passes` or `fails` where rows of a higher level than training's were tried."""
        verdict = self.evaluated.get("extrapolation", {}).get("verdict")
        return None if verdict is None else str(verdict)

    @property
    def seconds(self) -> float | None:
        """How long the fit took, where that is known."""
        timing = self.record.stages.get("train")
        return None if timing is None else timing.seconds

    @property
    def seed(self) -> int:
        """Its first seed."""
        return int(self.side.parameters.get(SEED, 0))


@dataclass(frozen=True)
class Entries:
    """The variants of one edition.

    Attributes:
        edition: its name.
        found: those that can be listed, by label.
        skipped: why others cannot, one reason each.
        others: how many more only git's history holds, of any edition.
        editions: all editions that have variants.
    """

    edition: str
    found: tuple[Entry, ...]
    skipped: tuple[str, ...]
    others: int
    editions: tuple[str, ...]


def read_entries(root: Path, edition: str, *, everything: bool = False) -> Entries:
    """Read all variants of an edition.

    Args:
        root: the project's root.
        edition: name of the data.
        everything: also what only git's history holds.
    """
    if (root / LOCK_FILE).is_file():
        keep_workspace(root)
    history = History(root)
    all_traces = history.traces()
    traces = all_traces if everything else history.at_hand()
    cache = cache_folder(root) if traces else root
    found, skipped, editions = [], [], set()
    for each in traces.values():
        try:
            record = history.record(each)
            editions.add(record.variant.edition)
            if record.variant.edition == edition:
                found.append(entry_of(record, cache))
        except (DataError, ParamsError) as problem:
            skipped.append(str(problem))
    return Entries(
        edition=edition,
        found=tuple(found),
        skipped=tuple(skipped),
        others=len(all_traces) - len(traces),
        editions=tuple(sorted(editions)),
    )


def entry_of(record: Record, cache: Path) -> Entry:
    """A variant with its numbers.

    Args:
        record: the variant.
        cache: the folder of DVC's cache.

    Raises:
        DataError: its metrics are damaged or another version's.
    """
    entry = Entry(record, Side.of(record.name, record, CacheBlobs(record.lock, cache)))
    try:
        _ = entry.value, entry.label, entry.leaks
    except (KeyError, TypeError) as missing:
        raise DataError(
            f"`{record.name}` ({record.variant.key[:7]}) has metrics of another version of the "
            f"project, without {missing}"
        ) from None
    return entry
