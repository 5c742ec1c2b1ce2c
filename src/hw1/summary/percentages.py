"""The summary of what predicts positivity: regression, and structured with all its signals."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from hw1.evaluation.labels import number, skill_percent
from hw1.evaluation.scheme_metrics import extrapolation_text, optimism_text
from hw1.summary.parts import (
    PARTS,
    Metrics,
    add_places,
    add_warnings,
    bounds,
    errors_table,
    is_linked,
    notes_grid,
    other_schemes,
    skill,
    spread,
    validation_label,
)

EXPECTED = "test set, expected"
FEW = 2
"""Signals that are named as the best and as the worst."""


def errors(evaluated: Metrics, submitted: Metrics) -> Table:
    """Errors in the edition's own metric, one line a set of rows."""
    metric, score = evaluated["main"]["metric"], submitted.get("score", {})
    table = errors_table(evaluated, metric.upper(), "persistence", "skill")
    _add_validation(table, evaluated, metric)
    for label, other in other_schemes(evaluated):
        persistence = number(other["persistence_mse"] ** (0.5 if metric == "rmse" else 1))
        table.add_row(label, number(other[metric]), "", persistence, skill(other), style="dim")
    if "expected" in submitted:
        expected = submitted["expected"]
        _add_row(table, EXPECTED, expected, expected["value"], expected["persistence"])
    for part in PARTS:
        if part in score:
            rows = score[part]
            persistence = rows[f"persistence_{metric}"]
            _add_row(table, f"leaderboard, {part}", rows, rows[metric], persistence)
    return table


def notes(evaluated: Metrics, submitted: Metrics) -> Table:
    """Everything beside the errors, as pairs of a name and its value."""
    notes = notes_grid()
    add_warnings(notes, evaluated)
    notes.add_row("skill", "MSE saved against persistence, which repeats the last known day")
    if "structured" in evaluated:
        notes.add_row("all signals", signals_text(evaluated["structured"]))
    if "structured" in submitted:
        notes.add_row("test signals", signals_text(submitted["structured"]))
    if optimism := optimism_text(evaluated):
        notes.add_row("optimism", optimism)
    if "extrapolation" in evaluated:
        verdict = evaluated["extrapolation"]["verdict"]
        style = "bold red" if verdict == "fails" else ""
        notes.add_row("extrapolation", Text(f"{verdict}; {extrapolation_text(evaluated)}", style))
    if "expected" in submitted:
        rows = "held-out blocks" if is_linked(evaluated) else "held-out later days"
        notes.add_row("expected", f"from {rows} and the test set's visible days")
    if "score" in submitted:
        notes.add_row("leaderboard", "scored offline against the known solution")
    if "references" in evaluated:
        notes.add_row("the course's", _references(evaluated["references"]))
    add_places(notes, submitted)
    return notes


def signals_text(group: Mapping[str, Metrics]) -> str:
    """How much better than persistence the signals of the whole day are predicted.

    Args:
        group: `signals` with the errors of each, and `mean_skill` where it is known.
    """
    skills = {name: each["skill"] for name, each in group["signals"].items() if "skill" in each}
    if not skills:
        return f"{len(group['signals'])}, without skill"
    ranked = sorted(skills, key=lambda name: (-skills[name], name))
    better = sum(value > 0 for value in skills.values())
    text = f"{better} of {len(ranked)} better than persistence"
    mean = group.get("mean_skill", sum(skills.values()) / len(skills))
    text = f"mean skill {skill_percent(mean)}, {text}"
    named = [f"{name} {skill_percent(skills[name])}" for name in ranked]
    if len(named) <= FEW:
        return f"{text}\n{', '.join(named)}"
    return f"{text}\nbest {', '.join(named[:FEW])}\nworst {', '.join(named[: -FEW - 1 : -1])}"


def _add_validation(table: Table, evaluated: Metrics, metric: str) -> None:
    main, valid, seeds = evaluated["main"], evaluated["valid"], evaluated["seeds"]
    rows = {**main, "skill": valid["skill"]} if "skill" in valid else main
    persistence = evaluated["persistence"][metric]
    _add_row(table, validation_label(evaluated), rows, main["value"], persistence)
    if "mse_deviation" in seeds:
        name = f"  one of {seeds['members']} seeds" + ("" if metric == "mse" else " (MSE)")
        moved = spread(seeds["mse_deviation"])
        table.add_row(name, number(seeds["mse_mean"]), moved, "", "", style="dim")


def _add_row(
    table: Table, label: Text | str, errors: Metrics, value: float, persistence: float
) -> None:
    """One set of rows: the error, its interval and the skill where `errors` has them."""
    table.add_row(label, number(value), bounds(errors), number(persistence), skill(errors))


def _references(references: Metrics) -> Text:
    names = [name for name in ("simple", "medium", "strong", "boss") if name in references]
    values = ", ".join(f"{name} {references[name]:.3f}" for name in names)
    where = f"{references['metric'].upper()} measured on {references['measured_on']}"
    return Text(f"{values}\n{where}, not on these rows")
