"""A variant's plots as images, drawn from the files that its stages wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.core import layout
from hw1.evaluation.labels import metric_label, number, skill_label, yardstick
from hw1.picture_style import (
    BLUE,
    DASHES,
    GREY,
    INK,
    STYLE,
    Numbers,
    beside,
    panels,
    png,
    titled,
)
from hw1.task_words import CLASSIFICATION, task_in
from hw1.tracking.plot_data import Table, column, parse, read_table
from hw1.tracking.task_pictures import calibration, roc, signals

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_FEATURES = 15
SHOWN = (
    layout.EVALUATE_METRICS,
    layout.FEATURES_METRICS,
    layout.CURVE_FILE,
    layout.BY_STATE,
    layout.BY_LEVEL,
    layout.CALIBRATION,
)
HIGHEST_CURVE = 2.5  # of the error at the end or persistence's; the first epochs may leave the axes


def draw_pictures(texts: Mapping[str, str], predictions: str | None) -> dict[str, bytes]:
    """Draw what a variant's files show; what they do not show gets no picture.

    Args:
        texts: text of metrics files and plot data by path; only those of `SHOWN` are looked at.
        predictions: text of data/evaluate/predictions.csv; None where it is not at hand.

    Returns:
        PNG images by file name: learning_curve, predicted (of a classification roc), calibration,
        by_state, by_level, signals and features. The same texts give the same bytes.
    """
    import matplotlib.style

    texts = {str(path): texts[str(path)] for path in SHOWN if str(path) in texts}
    evaluated = json.loads(texts[str(layout.EVALUATE_METRICS)])
    selected = json.loads(texts.get(str(layout.FEATURES_METRICS), "{}")).get("selected", {})
    rows = parse(predictions or "")
    probabilities = task_in(evaluated) == CLASSIFICATION
    with matplotlib.style.context(["default", STYLE]):
        figures = {
            "learning_curve": _learning_curve(read_table(texts, layout.CURVE_FILE), evaluated),
            "predicted": None if probabilities else _predicted(rows, evaluated),
            "roc": roc(rows, evaluated) if probabilities else None,
            "calibration": calibration(read_table(texts, layout.CALIBRATION), evaluated),
            "signals": signals(evaluated.get("structured", {}).get("signals", {}), evaluated),
            "by_state": _by_state(read_table(texts, layout.BY_STATE), evaluated),
            "by_level": _by_level(read_table(texts, layout.BY_LEVEL), evaluated),
            "features": _features(selected),
        }
        return {f"{name}.png": png(figure) for name, figure in figures.items() if figure}


def _learning_curve(table: Table, evaluated: Mapping[str, Any]) -> Figure | None:
    """Errors by epoch, a line a fold; None for a model that learns in one step."""
    folds = np.array(table.get("fold", []))
    names = sorted({*folds} - {layout.FINAL}, key=layout.fold_order)
    if not names or max(np.count_nonzero(folds == name) for name in names) < 2:
        return None
    own, metric = _own_error(evaluated)
    epochs, persistence = column(table, "epoch"), _yardstick_error(evaluated)
    against = yardstick(task_in(evaluated))
    (axes,) = panels(7.5, 4.2)
    spans: dict[str, list[Numbers]] = {}
    for kind, colour, label in (
        ("train_mse", GREY, "training"),
        ("valid_mse", BLUE, "validation"),
    ):
        errors = own(column(table, kind))
        spans[label] = [errors[folds == name][[0, -1]] for name in names]
        for name in names:
            line = axes.plot(epochs[folds == name], errors[folds == name], color=colour)[0]
            line.set(linewidth=2 if len(names) == 1 else 1.2, label="_" + label)
        line.set_label(label if len(names) == 1 else f"{label}, a line a fold")
    axes.axhline(persistence, color=INK, linewidth=1, linestyle=DASHES, label=against)
    first, last = np.mean(spans["validation"], axis=0)
    bottom, top = axes.dataLim.intervaly
    top = min(top, HIGHEST_CURVE * max(persistence, *(end for _, end in spans["validation"])))
    axes.set_ylim(bottom - 0.05 * (top - bottom), top + 0.05 * (top - bottom))
    axes.set(xlabel="epoch", ylabel=metric)
    axes.legend(loc="upper right")
    word = "falls" if last < first else "rises"
    title = f"Validation {metric} {word} from {number(first)} to {number(last)}"
    title += f" in {int(epochs.max())} epochs"
    title += f", mean of {len(names)} folds" if len(names) > 1 else ""
    return titled(axes, title, evaluated)


def _predicted(table: Table, evaluated: Mapping[str, Any]) -> Figure | None:
    """Predicted against true, as levels and as changes from the last known day."""
    if not table.get("target"):
        return None
    true, known, predicted = (column(table, name) for name in ("target", "known", "predicted"))
    views = (
        ("Positivity", "%", true, predicted),
        ("Change since the last known day", "points", true - known, predicted - known),
    )
    for axes, (title, unit, x, y) in zip(panels(8.4, 5.0, 2), views, strict=True):
        low, high = min(x.min(), y.min()), max(x.max(), y.max())
        margin = 0.04 * (high - low) or 1.0
        limits = (low - margin, high + margin)
        axes.plot(limits, limits, color=GREY, linewidth=1)
        axes.scatter(x, y, s=11, color=BLUE, alpha=0.35, linewidths=0)
        axes.set(title=title, xlabel=f"true ({unit})", ylabel=f"predicted ({unit})")
        axes.set(xlim=limits, ylim=limits, aspect="equal")
    if "skill" in evaluated["valid"]:
        axes.axhline(0, color=INK, linewidth=1, linestyle=DASHES)
        axes.annotate("no change", (0.01, 0), (0, 3), axes.get_yaxis_transform(), "offset points")
        title = (
            f"Squared error {skill_label(evaluated['valid']['skill'])} than predicting no change"
        )
    else:
        title = "Predicted against true"
    return titled(axes, title, evaluated)


def _by_state(table: Table, evaluated: Mapping[str, Any]) -> Figure | None:
    """Each state's error beside persistence's, the worst first."""
    states = np.array(table.get("state", []))
    if len(states) < 2:
        return None
    own, metric = _own_error(evaluated)
    model, persistence = own(column(table, "mse")), own(column(table, "persistence_mse"))
    order = np.argsort(-model, kind="stable")
    (axes,) = panels(max(5.0, 2.0 + 0.2 * len(states)), 4.0)
    against = yardstick(task_in(evaluated))
    beside(axes, states[order].tolist(), model[order], persistence[order], against)
    axes.legend(loc="upper right", fontsize=9)
    axes.set(xlabel="state, the highest error first", ylabel=metric)
    axes.tick_params(axis="x", labelsize=8)
    better = np.count_nonzero(model < persistence)
    title = f"Better than {against} in {better} of {len(states)} states"
    return titled(axes, title, evaluated)


def _by_level(table: Table, evaluated: Mapping[str, Any]) -> Figure | None:
    """Error and bias by how high positivity was on the last known day."""
    if len(table.get("level", [])) < 2:
        return None
    own, metric = _own_error(evaluated)
    model, persistence = own(column(table, "mse")), own(column(table, "persistence_mse"))
    bounds = zip(column(table, "level_low"), column(table, "level_high"), strict=True)
    labels = [f"{low:.2g}–{high:.2g}" for low, high in bounds]
    left, right = panels(8.4, 4.0, 2)
    beside(left, labels, model, persistence, yardstick(task_in(evaluated)))
    left.legend(loc="lower right", fontsize=9)
    right.bar(range(len(labels)), column(table, "bias"), width=0.55, color=BLUE)
    right.set_xticks(range(len(labels)), labels)
    right.axhline(0, color=INK, linewidth=0.8)
    for axes, name in ((left, metric), (right, "bias: predicted minus true")):
        axes.set(title=name, xlabel="positivity on the last known day (%)")
        axes.tick_params(axis="x", labelsize=10 if len(labels) <= 6 else 7)
    title = f"{metric} {number(model[0])} where positivity is low, {number(model[-1])} where high"
    return titled(left, title, evaluated)


def _features(selected: Mapping[str, float]) -> Figure | None:
    """The features with the best scores."""
    best = sorted(selected.items(), key=lambda item: (-item[1], item[0]))[:MOST_FEATURES]
    if not best:
        return None
    longest = max(len(name) for name, _ in best)
    (axes,) = panels(7.5, 1.4 + 0.2 * len(best), left=0.4 + 0.075 * longest)
    axes.barh([name for name, _ in best], [score for _, score in best], height=0.6, color=BLUE)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", labelsize=9)
    shown = f"score, the best {len(best)} features" if len(best) < len(selected) else "score"
    axes.set(xlabel=shown)
    return titled(axes, f"{best[0][0]} scores highest of {len(selected)} features", None)


def _own_error(evaluated: Mapping[str, Any]) -> tuple[Callable[[Any], Any], str]:
    """How the error that is drawn comes from an MSE, and its name.

    A probability's squared error is the Brier score: that is what the stages write of a
    classification by epoch, by state and by level.
    """
    if task_in(evaluated) == CLASSIFICATION:
        return np.asarray, metric_label("brier")
    metric = evaluated["main"]["metric"]
    return (np.sqrt if metric == "rmse" else np.asarray), metric.upper()


def _yardstick_error(evaluated: Mapping[str, Any]) -> float:
    """The error of persistence, or of the base rate."""
    if task_in(evaluated) == CLASSIFICATION:
        return float(evaluated["base_rate"]["brier"])
    own, _ = _own_error(evaluated)
    return float(own(evaluated["persistence"]["mse"]))
