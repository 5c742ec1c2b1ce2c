"""What went in: features, parameters, and how to have the variant back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hw1.evaluation.labels import number
from hw1.lineage.lock import STAGES
from hw1.lineage.record import Record, Timing
from hw1.lineage.restoring import NONE
from hw1.report.blocks import Block, Command, Line, Paragraph, Section, Table, number_lines
from hw1.report.files import Files
from hw1.report.surroundings import RIVALS_TITLE, ParameterDifference, Surroundings

MOST_FEATURES = 15
LONGEST_VALUE = 200
DIGITS = 12


def features_section(files: Files) -> Iterator[Section]:
    """The selected features, the best score first."""
    selected: Mapping[str, float] = files.features.get("selected", {})
    if not selected:
        return
    ranked = sorted(selected.items(), key=lambda each: (-each[1], each[0]))
    text = f"{len(ranked)} features" if len(ranked) > 1 else "One feature"
    if "in_every_fold" in files.features:
        text += f", {files.features['in_every_fold']} of them selected in every fold"
    best, rest = ranked[:MOST_FEATURES], ranked[MOST_FEATURES:]
    highest = max(abs(score) for _, score in ranked)
    blocks: list[Block] = [Paragraph(f"{text}.")]
    for part, folded in ((best, ""), (rest, f"{len(rest)} more features")):
        # the zero stands for the scale of the whole list, which is cut in two
        lines = number_lines([*part, ("", highest)], [*(number(score) for _, score in part), ""])
        if part:
            blocks.append(Table(("feature", "score"), lines[:-1], bars=True, folded=folded))
    yield Section("Features", tuple(blocks))


def parameters_section(surroundings: Surroundings) -> Section:
    """What differs from the committed parameters."""
    title = "What differs from the default"
    if not surroundings.changes:
        return Section(title, (Paragraph("Nothing: these are the committed parameters."),))
    lines = tuple(_change(change) for change in surroundings.changes)
    return Section(title, (Table(("parameter", "default", "here"), lines, words=True),))


def restore_section(record: Record, restore: str) -> Section:
    """The command that brings the variant back, and what it is made of."""
    blocks: list[Block] = []
    if restore.startswith(NONE):
        blocks.append(Paragraph(f"No command: {restore.removeprefix(NONE).strip()}."))
    else:
        blocks.append(Command(restore))
    variant = record.variant
    pairs = [
        ("variant", variant.key[:DIGITS]),
        ("result", variant.result[:DIGITS]),
        ("raw data (MD5)", variant.data),
        ("model (MD5)", variant.model),
        ("code (SHA-256)", variant.code[:DIGITS]),
        ("commit", (record.commit or "")[:DIGITS]),
        ("changed since", ", ".join(record.changed)),
        ("DVC experiment", record.experiment or ""),
    ]
    pairs += [
        (f"stage {stage}", _timing(record.stages[stage]))
        for stage in STAGES
        if stage in record.stages
    ]
    lines = tuple(Line(pair) for pair in pairs if pair[1])
    blocks.append(Table((), lines, words=True))
    return Section("How to have it back", tuple(blocks))


def alone_section(record: Record) -> Section:
    """How to see it beside the others, where the page is about it alone."""
    text = "This page depends on the variant alone. To have one with its rivals as they stand now:"
    command = Command(f"hw1 report {record.variant.key[:DIGITS]}")
    return Section(RIVALS_TITLE, (Paragraph(text), command))


def _change(change: ParameterDifference) -> Line:
    default = "(absent)" if change.is_new else _plain(change.default)
    return Line((change.key, default, _plain(change.value)))


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"


def _timing(timing: Timing) -> str:
    seconds = "" if timing.seconds is None else f"{timing.seconds:.1f} s"
    how = "ran" if timing.ran else "reused"
    return f"{how}, {seconds}" if seconds else how
