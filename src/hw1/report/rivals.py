"""The variant beside all others that were validated in the same way."""

from __future__ import annotations

from pathlib import Path

from hw1.board.cells import columns_of
from hw1.board.entries import Entry, entry_of, read_entries
from hw1.board.leaderboard import not_run
from hw1.board.standing import Place, Standing, sections_of
from hw1.evaluation.labels import metric_label
from hw1.lineage.blobs import cache_folder
from hw1.lineage.record import Record
from hw1.report.blocks import Block, Command, Line, Paragraph, Section, Table
from hw1.report.surroundings import RIVALS_TITLE, Rivals

MOST_RIVALS = 20
SENTENCES = {
    "best": "It is the best of them.",
    "worse": "It is worse than the best by more than states and seeds explain.",
    "better": "It is better than the one on top on the rows of single runs.",
    "noise": "The best is ahead of it by no more than noise.",
    "other rows": "It was validated on other rows than most, so its error is not comparable.",
    "no files": "Its predictions are gone, so nothing can be said row by row.",
}
TONES = {"worse": "bad", "best": "good"}


def find_rivals(record: Record, root: Path) -> Rivals:
    """Read the variants of a variant's edition, and rank those of its split.

    Args:
        record: the variant.
        root: the project's root.

    Raises:
        DataError: its own metrics are damaged or another version's.
    """
    found = read_entries(root, record.variant.edition).found
    others = [entry for entry in found if _label(entry) != record.variant.label]
    others = [entry for entry in others if not _is_rerun(entry.record, record)]
    own = next((entry for entry in found if _label(entry) == record.variant.label), None)
    own = own or entry_of(record, cache_folder(root))
    same = [each for each in others if Place.of(each) == Place.of(own)]
    return Rivals(sections_of([own, *same])[0], tuple(not_run((own, *others))))


def _is_rerun(one: Record, other: Record) -> bool:
    """Whether two records tell of the same run, though its results differ."""
    return bool(
        (one.variant.parameters, one.variant.data, one.variant.code)
        == (other.variant.parameters, other.variant.data, other.variant.code)
    )


def rivals_section(rivals: Rivals, record: Record) -> Section:
    """The leaderboard of its edition, task and split, with its own line marked."""
    section, label = rivals.section, record.variant.label
    own = next(each for each in section.standings if _is_own(each, label))
    shown = section.standings[:MOST_RIVALS]
    left = len(section.standings) - len(shown)
    if own not in shown:
        shown = (*shown, own)
    columns = columns_of(metric_label(section.metric), shown)
    lines = tuple(
        Line(
            (standing.row.name, *(column.cell(standing) for column in columns)),
            marked=standing is own,
            tone=TONES.get(standing.verdict or "", ""),
        )
        for standing in shown
    )
    blocks: list[Block] = []
    if len(section.standings) > 1:
        count = f"One of {len(section.standings)} variants by split {section.label}."
        blocks.append(Paragraph(f"{count} {SENTENCES.get(own.verdict or '', '')}".strip()))
    else:
        what = "No other variant" if section.rise is None else "No other classification"
        blocks.append(Paragraph(f"{what} by split {section.label} has been run yet."))
    blocks.append(Table(("variant", *(column.title for column in columns)), lines))
    if left:
        blocks.append(Paragraph(f"{left} more: hw1 leaderboard --all"))
    if rivals.missing:
        blocks.append(Paragraph("Shipped variants that have not been run yet:"))
        blocks += [Command(f"hw1 run {name}") for name in rivals.missing]
    return Section(RIVALS_TITLE, tuple(blocks))


def _is_own(standing: Standing, label: str) -> bool:
    return any(_label(entry) == label for entry in standing.row.entries)


def _label(entry: Entry) -> str:
    return entry.record.variant.label
