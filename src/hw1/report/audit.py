"""How the error was estimated: the data's structure, the split, the shift, other schemes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hw1.board.cells import share_text, skill_text
from hw1.core.sections import flatten
from hw1.evaluation.labels import metric_label, number, sentence, split_label
from hw1.evaluation.scheme_metrics import optimism_text
from hw1.report.blocks import Block, Line, Paragraph, Section, Table, number_lines
from hw1.report.files import Files
from hw1.task_words import CLASSIFICATION

MOST_SIGNALS = 8


def audit_sections(files: Files) -> Iterator[Section]:
    """What a reader must know before believing the error."""
    yield from _schemes(files)
    audit = files.ingest
    blocks: list[Block] = [Paragraph(text) for text in _implausible(audit.get("plausible", {}))]
    if text := " ".join(_data(audit)):
        blocks.append(Paragraph(text))
    if text := " ".join(_split(audit.get("split", {}))):
        blocks.append(Paragraph(text))
    if "links" in audit:
        lines = [Line((key, _plain(value))) for key, value in flatten({"links": audit["links"]})]
        blocks.append(Table((), tuple(lines)))
    if text := " ".join(_levels(audit)):
        blocks.append(Paragraph(text))
    blocks += _shift(audit.get("shift", {}))
    if blocks:
        yield Section("The data and its split", tuple(blocks))


def _schemes(files: Files) -> Iterator[Section]:
    """The same recipe's error by other ways of holding rows out."""
    schemes = files.evaluate.get("schemes", {})
    if not schemes:
        return
    probabilities = files.task == CLASSIFICATION
    lines = []
    for name, errors in sorted(
        schemes.items(), key=lambda each: (bool(each[1].get("leaks")), each)
    ):
        cells = (
            f"{name} (leaks)" if errors.get("leaks") else errors.get("label", split_label(name)),
            f"{errors['rows']:,}" if "rows" in errors else "",
            *(_probability_errors(errors) if probabilities else _percent_errors(files, errors)),
            skill_text(errors.get("skill")),
        )
        lines.append(Line(cells, marked=name == files.evaluate["split"]["method"]))
    second = metric_label("auc") if probabilities else "persistence"
    head = ("scheme", "rows", metric_label(files.metric), second, "skill")
    blocks: list[Block] = [Table(head, tuple(lines))]
    if text := optimism_text(files.evaluate):
        blocks.append(Paragraph(sentence(text)))
    yield Section("The same recipe by other schemes", tuple(blocks))


def _percent_errors(files: Files, errors: Mapping[str, Any]) -> tuple[str, str]:
    """The error and persistence's."""
    own = errors[files.metric] if files.metric in errors else files.own(errors["mse"])
    persistence = errors.get("persistence_mse")
    return number(own), "" if persistence is None else number(files.own(persistence))


def _probability_errors(errors: Mapping[str, Any]) -> tuple[str, str]:
    """Cross-entropy and AUC."""
    return number(errors["cross_entropy"]), share_text(errors.get("auc"))


def _data(audit: Mapping[str, Any]) -> Iterator[str]:
    train, test, chains = (audit.get(group, {}) for group in ("train", "test", "chains"))
    if "days" in audit and "signals" in audit:
        yield f"A row is a window of {audit['days']} days with {audit['signals']} signals a day."
    if "count" in chains:
        yield (
            f"The {train['rows']:,} training rows of {train['states']} states form "
            f"{chains['count']} chains of {chains['shortest']} to {chains['longest']} windows that "
            "overlap by all days but one."
        )
    elif "rows" in train:
        yield f"There are {train['rows']:,} training rows."
    if "rows" in test:
        yield f"There are {test['rows']:,} test rows."
    if "rows_with_a_training_day" in test:
        yield f"{_count(test['rows_with_a_training_day'])} of them show a day of the training file."


def _implausible(plausible: Mapping[str, Any]) -> Iterator[str]:
    """What looks like a mix-up of files, and whether somebody went on all the same."""
    for name, found in sorted(plausible.items()):
        kind = f"accepted by ingest.accept: {name}" if found["accepted"] else name
        yield f"Not plausible ({kind}): {'; '.join(found['says'])}."


def _split(split: Mapping[str, Any]) -> Iterator[str]:
    if "validation_rows" not in split:
        return
    folds = f", over {split['folds']} folds" if split.get("folds", 1) > 1 else ""
    unused = (
        f"; {split['unused_rows']:,} between them are left out" if split.get("unused_rows") else ""
    )
    yield (
        f"The split {split['method']} fits on {split['train_rows']:,} rows and holds out "
        f"{split['validation_rows']:,}{folds}{unused}."
    )
    if "validation_rows_seen_share" in split:
        share = f"{split['validation_rows_seen_share'] * 100:.1f} %"
        seen = f"{_count(split['validation_rows_seen'])} of the held-out rows ({share})"
        yield f"{seen} have their last day in a training row too."


def _levels(audit: Mapping[str, Any]) -> Iterator[str]:
    shift, outside = audit.get("shift", {}), audit.get("extrapolation", {})
    if "level_test" in shift:
        yield (
            f"The test rows lie at another level: mean positivity on day {shift['day']} is "
            f"{shift['level_test']:.1f} %, against {shift['level_train']:.1f} % in training."
        )
    if "test_rows_above_share" in outside:
        yield (
            f"{outside['test_rows_above_share'] * 100:.1f} % of the test rows are above the "
            f"highest target ever trained on ({outside['target_highest']:.1f} %), "
            f"{outside['test_rows_below_share'] * 100:.1f} % below the lowest."
        )


def _shift(shift: Mapping[str, Any]) -> Iterator[Table]:
    """The signals that moved most between training and test rows."""
    moved = shift.get("in_deviations", {})
    values = sorted(moved.items(), key=lambda each: (-abs(each[1]), each[0]))
    head = ("signal", "shift in deviations")
    for part, folded in (
        (values[:MOST_SIGNALS], ""),
        (values[MOST_SIGNALS:], f"{len(values) - MOST_SIGNALS} more signals"),
    ):
        if part:
            texts = [f"{value:+.2f}" for _, value in part]
            yield Table(head, number_lines(part, texts), bars=True, folded=folded)


def _count(rows: int) -> str:
    return "None" if rows == 0 else f"{rows:,}"


def _plain(value: Any) -> str:
    return number(value) if isinstance(value, float) else str(value)
