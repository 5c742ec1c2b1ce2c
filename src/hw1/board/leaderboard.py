"""The leaderboard of an edition, put together once, to be printed or stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hw1.board.entries import Entries, Entry, read_entries
from hw1.board.standing import Section, Standing, sections_of
from hw1.core.files import rounded
from hw1.core.restore import committed_text
from hw1.core.sections import flatten, parse_params, read_params
from hw1.lineage.naming import differences
from hw1.references import MetricName, own_metric
from hw1.task_words import FORMERLY
from hw1.variants import DEFAULT, ShippedVariant, overridden, read_variants


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """All variants of an edition.

    Attributes:
        entries: what was found.
        sections: the same in order: forecasts by the split in use, by other splits, then what is
            no forecast; after these likewise classifications.
        missing: shipped variants that have not been run.
    """

    entries: Entries
    sections: tuple[Section, ...]
    missing: tuple[str, ...]

    @property
    def edition(self) -> str:
        """Name of the data."""
        return self.entries.edition

    @property
    def metric(self) -> MetricName:
        """The metric that the edition is judged by, where percentages are predicted."""
        return own_metric(self.edition)

    def to_dict(self) -> dict[str, Any]:
        """All of it in JSON's types; floats keep six significant digits.

        Differences are a row's loss minus the best's; what is not known is null.
        """
        content: dict[str, Any] = {
            "edition": self.edition,
            "metric": self.metric,
            "sections": [_section(section) for section in self.sections],
            "not_run": list(self.missing),
            "skipped": list(self.entries.skipped),
            "only_in_history": self.entries.others,
        }
        result: dict[str, Any] = rounded(content)
        return result


def read_leaderboard(
    root: Path, edition: str | None = None, *, everything: bool = False
) -> Leaderboard:
    """Gather and rank the variants of an edition.

    Args:
        root: the project's root, which is the current folder.
        edition: name of the data; None for that of params.yaml.
        everything: also what only git's history holds.
    """
    ingest = read_params()["ingest"]
    entries = read_entries(root, edition or str(ingest["edition"]), everything=everything)
    sections = sections_of(entries.found, str(ingest["split"]["method"]))
    return Leaderboard(entries, tuple(sections), tuple(not_run(entries.found)))


def not_run(entries: tuple[Entry, ...]) -> list[str]:
    """Shipped variants, as variants.yaml has them now, whose parameters no variant has."""
    text = committed_text()
    committed = read_params() if text is None else parse_params(text)
    known = [entry.side.parameters for entry in entries]

    def has_run(variant: ShippedVariant) -> bool:
        content = dict(flatten(overridden(committed, variant)))
        former = {key: value for key, value in FORMERLY.items() if key in content}
        return any(not differences(former | dict(own), content) for own in known)

    shipped = [DEFAULT, *read_variants().values()]
    return [variant.name for variant in shipped if not has_run(variant)]


def _section(section: Section) -> dict[str, Any]:
    return {
        "split": section.label,
        "method": section.method,
        "kind": section.kind,
        "metric": section.metric,
        "rise": section.rise,
        "rows": [_standing(standing) for standing in section.standings],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    row, paired = standing.row, standing.paired
    return {
        "variant": row.name,
        "task": row.entries[0].side.task,
        "split": row.entries[0].label,
        "keys": [entry.record.variant.key for entry in row.entries],
        "seeds": [entry.seed for entry in row.entries],
        "runs": len(row.entries),
        "value": row.value,
        "deviation": row.deviation,
        "skill": row.skill,
        "auc": row.auc,
        "test": row.test,
        "extrapolation": row.extrapolation,
        "fit_seconds": row.seconds,
        "against_best": standing.verdict,
        "difference": None if paired is None else asdict(paired),
    }
