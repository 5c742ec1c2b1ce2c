"""What MLflow's pages say of an experiment and of a run, in Markdown."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hw1.core import layout
from hw1.core.markdown import code
from hw1.evaluation.labels import interval, metric_label, number, sentence, skill_label, yardstick
from hw1.evaluation.scheme_metrics import extrapolation_text, optimism_text
from hw1.lineage.restoring import NONE
from hw1.references import own_metric
from hw1.task_words import REGRESSION, question, task_in
from hw1.tracking.metrics import LEAKING, PROBABILITIES, TRANSDUCTIVE, main_metric

NOTE_TAG = "mlflow.note.content"
SHOWN = f"`{layout.REPORT_ARTIFACT}`"
PAGE = f"All of it on one page: {SHOWN} among the artifacts."


def experiment_note(edition: str) -> str:
    """What the experiment's page says about its table, in Markdown."""
    metric = own_metric(edition)
    unit = "squared percentage points" if metric == "mse" else "percentage points"
    return (
        f"Every run is a variant of the pipeline on edition `{edition}`, the lowest validation "
        f"error first: `{main_metric(edition)}`, in {unit}.\n\n"
        f"`{metric}_low` and `{metric}_high` bound its interval; `skill` is the share of the MSE "
        f"saved against repeating the last known day; `test_{metric}_expected` estimates the error "
        f"on the test rows, and `test_{metric}` is that error where their solution is known. "
        "Compare runs of the same `split` only: one marked `(leaks)` looks better than it is, so "
        f"its error stands apart, in `{LEAKING}/{metric}`; one marked `transductive` looks at days "
        f"of other windows and is no forecast, so its errors stand in `{TRANSDUCTIVE}/...`. Tick "
        "runs and press *Compare* to see what differs. A red cross marks a run that diverged: its "
        "page says where, and what to try.\n\n"
        "The column `task` says what a run predicts: `regression` and `structured` positivity, so "
        "that their errors compare; `classification` the probability that it rises, whose errors "
        f"stand in `{PROBABILITIES}/...` and come last here: choose the view *Classification*.\n\n"
        "Searches (`hw1 sweep`) and their best trials are not in this table, as they are no "
        "variants: take its filter away, or choose the view *Searches*."
    )


def run_note(
    texts: Mapping[str, str],
    changes: Sequence[tuple[str, Any]],
    restore: str,
    commit: str | None = None,
) -> str:
    """What a run's page says about its variant, in Markdown; the first lines show unopened.

    Args:
        texts: text of the metrics files by path.
        changes: parameters that differ from the default's, as dotted key and value.
        restore: the command that brings the variant back into the workspace.
        commit: the commit that it stands in as it is; None where it changes one.
    """
    evaluated = json.loads(texts[str(layout.EVALUATE_METRICS)])
    submitted = json.loads(texts.get(str(layout.SUBMIT_METRICS), "{}"))
    parts = [_verdict(evaluated)]
    if optimism := optimism_text(evaluated):
        parts.append(sentence(optimism))
    if evaluated.get("extrapolation", {}).get("verdict") == "fails":
        parts.append(f"**Extrapolation: fails.** {sentence(extrapolation_text(evaluated))}")
    if "score" in submitted:
        told = _leaderboard(submitted["score"], evaluated["main"]["metric"])
        parts.append(f"{told}, transductive" if evaluated["split"].get("transductive") else told)
    parts.append(f"As committed in `{commit}`." if commit else difference_line(changes))
    can_be = not restore.startswith(NONE)
    parts.append(f"Bring it back: {code(restore)}" if can_be else f"To bring it back: {restore}")
    parts.append(PAGE)
    return "\n\n".join(parts)


def failure_note(message: str, changes: Sequence[tuple[str, Any]], again: str) -> str:
    """What a failed run's page says, in Markdown.

    Args:
        message: what the stage said: where it diverged, and what to try.
        changes: parameters that differ from the default's, as dotted key and value.
        again: the command that makes it fail once more.
    """
    parts = ["**Failed: training diverged.**", sentence(message), difference_line(changes)]
    parts.append("It has left no model. A run that does not diverge is a run of its own.")
    if not again.startswith(NONE):
        parts.append(f"To see it fail again: {code(again)}")
    return "\n\n".join(parts)


def difference_line(changes: Sequence[tuple[str, Any]]) -> str:
    """What a run changes of the committed parameters."""
    changed = ", ".join(f"{code(key)} = {_plain(value)}" for key, value in changes)
    return f"Differs from the default in {changed}" if changes else "The default."


def linked_note(note: str, experiment_id: str, run_id: str) -> str:
    """A run's note with a link to its page, which needs to know the run."""
    place = f"#/experiments/{experiment_id}/runs/{run_id}/artifacts/{layout.REPORT_ARTIFACT}"
    return note.replace(PAGE, PAGE.replace(SHOWN, f"[{layout.REPORT_ARTIFACT}]({place})"))


def _verdict(evaluated: Mapping[str, Any]) -> str:
    main, split = evaluated["main"], evaluated["split"]
    task, valid = task_in(evaluated), evaluated["valid"]
    line = f"**Validation {metric_label(main['metric'])} {number(main['value'])}**"
    if "low" in main:
        line += f" {interval(main['low'], main['high'])}"
    if "skill" in valid:
        line += f", {skill_label(valid['skill'])} than {yardstick(task)}"
    if task != REGRESSION:
        line += f"; **{task}**{_task_words(evaluated)}"
    line += f"; edition {evaluated['edition']}, split {split['method']}"
    if split["leaks"]:
        line += ", **which leaks**: held-out days are also in training rows, too good to trust"
    if split.get("transductive"):
        line += ", **transductive**: it looks at days of other windows and is no forecast"
    return line


def _task_words(evaluated: Mapping[str, Any]) -> str:
    """What a task other than regression asks and how far it got, in words."""
    valid, told = evaluated["valid"], ""
    if "rise" in evaluated:
        told = f" of {question(evaluated['rise'])}"
        told += f", AUC {valid['auc']:.3f}" if "auc" in valid else ""
        told += f", {valid['accuracy'] * 100:.1f} % right" if "accuracy" in valid else ""
    if "structured" in evaluated:
        told = ": all signals of the day"
        if "mean_skill" in evaluated["structured"]:
            skill = evaluated["structured"]["mean_skill"]
            told += f", {skill_label(skill)} than persistence on average"
    return told


def _leaderboard(score: Mapping[str, Any], metric: str) -> str:
    parts = [f"{part} {number(rows[metric])}" for part, rows in sorted(score.items())]
    where = "Test" if metric == "cross_entropy" else "Leaderboard"
    return f"{where} {metric_label(metric)}, scored offline: {', '.join(parts)}"


def _plain(value: Any) -> str:
    """A value as text in which Markdown sees no marks."""
    return code(value if isinstance(value, str) else json.dumps(value))
