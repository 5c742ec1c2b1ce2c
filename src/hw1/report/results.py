"""What came out: learning curves, predictions, and where the error comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hw1.board.cells import skill_text
from hw1.evaluation.labels import number, yardstick
from hw1.report.blocks import Block, Figure, Line, Paragraph, Section, Table
from hw1.report.files import Files
from hw1.task_words import CLASSIFICATION, question


def result_sections(files: Files, pictures: Mapping[str, bytes]) -> Iterator[Section]:
    """Learning, predictions and breakdowns, as far as the files show them."""
    yield from _pictured("Learning curves", "learning_curve", pictures, "error by epoch")
    yield from _pictured(
        "Predicted against true", "predicted", pictures, "predicted against true positivity"
    )
    yield from _classified(files, pictures)
    yield from _calibration(pictures)
    yield from _signals(files, pictures)
    blocks: list[Block] = [*_figures("by_level", pictures, "error by level of positivity")]
    if files.by_level:
        blocks.append(_levels(files))
    blocks += _figures("by_state", pictures, "error by state")
    if files.by_state:
        blocks.append(_states(files))
    if blocks:
        yield Section("Where the error comes from", tuple(blocks))


def _classified(files: Files, pictures: Mapping[str, bytes]) -> Iterator[Section]:
    """What is asked, how often it is so, and how well it is told."""
    if files.task != CLASSIFICATION:
        return
    valid, base = files.evaluate["valid"], files.evaluate["base_rate"]
    text = (
        f"It predicts {question(files.evaluate['rise'])} from the last known day. So it does in "
        f"{valid['share'] * 100:.1f} % of the validation rows, and in {base['share'] * 100:.1f} % "
        "of the training rows: whoever gives every row that share as its probability, the base "
        f"rate, has a cross-entropy of {number(base['cross_entropy'])} and is right in "
        f"{base['accuracy'] * 100:.1f} %."
    )
    figures = _figures("roc", pictures, "ROC curve, and the probabilities of both classes")
    yield Section("Rises told from others", (Paragraph(text), *figures))


def _calibration(pictures: Mapping[str, bytes]) -> Iterator[Section]:
    """Whether what is predicted comes true."""
    text = (
        "Groups of equal size, from low to high predictions. The intervals come from drawing whole "
        "states again."
    )
    figures = [*_figures("calibration", pictures, "what was observed by what was predicted")]
    if figures:
        yield Section("Calibration", (Paragraph(text), *figures))


def _signals(files: Files, pictures: Mapping[str, bytes]) -> Iterator[Section]:
    """Every signal of the predicted day, on validation rows and on test rows."""
    group = files.evaluate.get("structured", {}).get("signals", {})
    if not group:
        return
    tested = files.submit.get("structured", {}).get("signals", {})
    lines = [
        Line((name, *_signal(group[name]), *(_signal(tested.get(name, {})) if tested else ())))
        for name in sorted(group, key=lambda name: (-group[name].get("skill", 0.0), name))
    ]
    head = ["signal", "MSE", "persistence", "skill"]
    head += ["test MSE", "persistence", "skill"] if tested else []
    figures = _figures("signals", pictures, "skill of every signal")
    table = Table(tuple(head), tuple(lines), folded=f"All {len(lines)} signals in numbers")
    yield Section("The whole day", (*figures, table))


def _signal(errors: Mapping[str, float]) -> tuple[str, str, str]:
    """MSE, persistence's and skill of one signal; empty where they are not known."""
    mse, persistence = errors.get("mse"), errors.get("persistence_mse")
    return (
        "" if mse is None else number(mse),
        "" if persistence is None else number(persistence),
        skill_text(errors.get("skill")),
    )


def _pictured(title: str, name: str, pictures: Mapping[str, bytes], alt: str) -> Iterator[Section]:
    figures = tuple(_figures(name, pictures, alt))
    if figures:
        yield Section(title, figures)


def _figures(name: str, pictures: Mapping[str, bytes], alt: str) -> Iterator[Figure]:
    png = pictures.get(f"{name}.png")
    if png is not None:
        yield Figure(png, alt)


def _levels(files: Files) -> Table:
    lines = tuple(
        Line((f"{float(row['level_low']):.2f} to {float(row['level_high']):.2f}", *rest))
        for row, rest in ((row, _errors(files, row)) for row in files.by_level)
    )
    return Table(("last known positivity (%)", *_head(files)), lines)


def _states(files: Files) -> Table:
    rows = sorted(files.by_state, key=lambda row: (-float(row["mse"]), row["state"]))
    lines = tuple(Line((row["state"], *_errors(files, row))) for row in rows)
    return Table(("state", *_head(files)), lines, folded=f"All {len(rows)} states in numbers")


def _head(files: Files) -> tuple[str, ...]:
    return ("rows", files.squared, yardstick(files.task), "skill", "bias")


def _errors(files: Files, row: Mapping[str, str]) -> tuple[str, ...]:
    skill = row.get("skill") or ""
    return (
        f"{int(row['rows']):,}",
        number(files.own(float(row["mse"]))),
        number(files.own(float(row["persistence_mse"]))),
        skill_text(float(skill)) if skill else "",
        f"{float(row['bias']):+.2f}",
    )
