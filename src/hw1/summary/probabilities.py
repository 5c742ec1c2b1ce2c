"""The summary of a classification, which predicts the probability of a rise."""

from rich.table import Table
from rich.text import Text

from hw1.board.cells import share_text
from hw1.evaluation.labels import BASE_RATE, number
from hw1.evaluation.scheme_metrics import optimism_text
from hw1.summary.parts import (
    PARTS,
    Metrics,
    add_places,
    add_warnings,
    bounds,
    errors_table,
    notes_grid,
    other_schemes,
    skill,
    spread,
    validation_label,
)
from hw1.task_words import question


def errors(evaluated: Metrics, submitted: Metrics) -> Table:
    """Cross-entropy, accuracy and AUC, one line a set of rows; then those of the base rate."""
    table = errors_table(evaluated, "cross-\nentropy", "accu-\nracy", "AUC", "skill")
    main, seeds, base = evaluated["main"], evaluated["seeds"], evaluated["base_rate"]
    _add_row(table, validation_label(evaluated), main | evaluated["valid"])
    if "cross_entropy_deviation" in seeds:
        name, moved = f"  one of {seeds['members']} seeds", spread(seeds["cross_entropy_deviation"])
        table.add_row(name, number(seeds["cross_entropy_mean"]), moved, style="dim")
    _add_row(table, f"  {BASE_RATE}", base, style="dim")
    for label, other in other_schemes(evaluated):
        _add_row(table, label, other, style="dim")
    for part in PARTS:
        if part in submitted.get("score", {}):
            _add_row(table, f"test set, {part}", submitted["score"][part])
    return table


def notes(evaluated: Metrics, submitted: Metrics) -> Table:
    """Everything beside the errors, as pairs of a name and its value."""
    notes = notes_grid()
    add_warnings(notes, evaluated)
    notes.add_row("asked", f"{question(evaluated['rise'])} from the last known day")
    trained, seen = evaluated["base_rate"]["share"], evaluated["valid"]["share"]
    rises = f"{trained:.1%} of the training rows, {seen:.1%} of the validation rows"
    notes.add_row("base rate", rises.replace("%", " %"))
    notes.add_row("skill", "cross-entropy saved against the base rate of the training rows")
    if "calibration" in evaluated:
        error = evaluated["calibration"]["error"] * 100
        notes.add_row("calibration", f"on average {error:.1f} points off what then happens")
    if optimism := optimism_text(evaluated):
        notes.add_row("optimism", optimism)
    if "score" in submitted:
        notes.add_row("test set", "scored offline against the known solution")
    add_places(notes, submitted, ": probabilities, no file for Kaggle")
    return notes


def _add_row(table: Table, label: Text | str, errors: Metrics, style: str = "") -> None:
    """One set of rows, with what `errors` has of them."""
    accuracy = f"{errors['accuracy'] * 100:.1f} %" if "accuracy" in errors else ""
    cells = [accuracy, share_text(errors.get("auc")), skill(errors)]
    value = number(errors["cross_entropy"])
    table.add_row(label, value, bounds(errors), *cells, style=style)
