"""Pictures of how far predictions can be taken at their word, and of what single tasks add."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hw1.evaluation.labels import skill_percent
from hw1.picture_style import BLUE, DASHES, GREY, INK, ORANGE, Numbers, panels, titled
from hw1.task_words import CLASSIFICATION, task_in
from hw1.tracking.plot_data import Table, column

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Truth = NDArray[np.bool_]

BINS = 20
"""Of the histogram of probabilities."""
WITHIN = NormalDist().inv_cdf(0.95)
"""Standard errors on either side that hold 90 % of what is normally distributed."""


def calibration(table: Table, evaluated: Mapping[str, Any]) -> Figure | None:
    """What was observed where so much was predicted: groups of equal size, with 90 % intervals."""
    if len(table.get("predicted", [])) < 2:
        return None
    predicted, observed = column(table, "predicted"), column(table, "observed")
    reach = WITHIN * np.nan_to_num(column(table, "error"))  # unknown where there is one state
    low, high = observed - reach, observed + reach
    probabilities = task_in(evaluated) == CLASSIFICATION
    level, gap = _levels(predicted, observed, low, high, probabilities)
    (left, right) = panels(8.4, 4.6, 2)
    for axes, values, bounds in (
        (left, observed, (low, high)),
        (right, observed - predicted, (low - predicted, high - predicted)),
    ):
        axes.vlines(predicted, *bounds, color=BLUE, linewidth=1.5, alpha=0.6)
        axes.plot(predicted, values, "o", color=BLUE, markersize=5)
    unit = "" if probabilities else " (%)"
    left.plot(level, level, color=GREY, linewidth=1)
    left.set(xlim=level, ylim=level, title=_observed(evaluated), ylabel=f"observed{unit}")
    right.axhline(0, color=INK, linewidth=1, linestyle=DASHES)
    right.set(xlim=level, ylim=(-gap, gap), title="Observed minus predicted")
    right.set_ylabel("" if probabilities else "points")
    for axes in (left, right):
        axes.set_xlabel(f"predicted{unit}, mean of a group")
    return titled(left, _calibration_title(predicted, low, high), evaluated)


def roc(table: Table, evaluated: Mapping[str, Any]) -> Figure | None:
    """How many rises are found at the price of how many false alarms, and both classes' scores."""
    if not table.get("target"):
        return None
    truth, score = column(table, "target") > 0, column(table, "predicted")
    weight = column(table, "weight")
    if truth.all() or not truth.any():
        return None
    left, right = panels(8.4, 4.6, 2)
    _draw_roc(left, truth, score, weight)
    _draw_scores(right, truth, score)
    base = evaluated["base_rate"]["share"]
    right.axvline(base, color=INK, linewidth=1, linestyle=DASHES, label="base rate")
    right.legend(loc="upper right", fontsize=9, ncols=3)
    valid = evaluated["valid"]
    title = f"{valid['accuracy'] * 100:.1f} % of rows on the right side of one half"
    if "auc" in valid:
        title = f"Area under the ROC curve {valid['auc']:.3f}, {title}"
    return titled(left, title, evaluated)


def signals(
    errors: Mapping[str, Mapping[str, float]], evaluated: Mapping[str, Any]
) -> Figure | None:
    """Skill of every signal of the day, the best on top."""
    skills = {name: each["skill"] for name, each in errors.items() if "skill" in each}
    if len(skills) < 2:
        return None
    names = sorted(skills, key=lambda name: (-skills[name], name))
    values = np.array([skills[name] * 100 for name in names])
    longest = max(len(name) for name in names)
    (axes,) = panels(7.5, 1.6 + 0.2 * len(names), left=0.4 + 0.075 * longest)
    axes.barh(names, values, height=0.6, color=np.where(values > 0, BLUE, ORANGE).tolist())
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", labelsize=9)
    axes.set_xlabel("MSE saved against persistence (%)")
    mean = skill_percent(float(np.mean(values)) / 100)
    better = int(np.count_nonzero(values > 0))
    title = f"{better} of {len(names)} signals better than persistence, mean skill {mean}"
    return titled(axes, title, evaluated)


def _observed(evaluated: Mapping[str, Any]) -> str:
    return "How often it rose" if task_in(evaluated) == CLASSIFICATION else "True positivity"


def _levels(
    predicted: Numbers, observed: Numbers, low: Numbers, high: Numbers, probabilities: bool
) -> tuple[tuple[float, float], float]:
    """Where the axes of predictions and of differences end."""
    gap = 1.1 * max(float(np.nanmax(np.abs(each - predicted))) for each in (observed, low, high))
    if probabilities:
        return (0.0, 1.0), gap or 1.0
    ends = [float(find(each)) for each in (predicted, observed, low, high) for find in _ENDS]
    margin = 0.04 * (max(ends) - min(ends)) or 1.0
    return (min(ends) - margin, max(ends) + margin), gap or 1.0


_ENDS = (np.nanmin, np.nanmax)


def _calibration_title(predicted: Numbers, low: Numbers, high: Numbers) -> str:
    if not (low < high).any():  # one state does not tell how sure its outcomes are
        return "What was observed where so much was predicted"
    inside = int(np.count_nonzero((low <= predicted) & (predicted <= high)))
    return f"What was predicted is within the 90 % interval in {inside} of {len(predicted)} groups"


def _draw_roc(axes: Axes, truth: Truth, score: Numbers, weight: Numbers) -> None:
    order = np.argsort(-score, kind="stable")
    rises, others = weight * truth, weight * ~truth
    found, alarms = np.cumsum(rises[order]), np.cumsum(others[order])
    last = np.append(np.diff(score[order]) != 0, True)  # rows of one score count together
    x, y = alarms[last] / alarms[-1], found[last] / found[-1]
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1)
    axes.plot(np.append(0, x), np.append(0, y), color=BLUE, linewidth=2)
    axes.set(title="ROC curve", xlabel="false alarms among rows without a rise")
    axes.set(ylabel="rises found", xlim=(0, 1), ylim=(0, 1), aspect="equal")


def _draw_scores(axes: Axes, truth: Truth, score: Numbers) -> None:
    edges = np.linspace(0, 1, BINS + 1).tolist()
    for chosen, colour, label in ((truth, ORANGE, "rises"), (~truth, BLUE, "others")):
        axes.hist(score[chosen], edges, color=colour, alpha=0.55, label=label)
    axes.set(title="Predicted probability", xlabel="probability of a rise", ylabel="rows")
    axes.set(xlim=(0, 1), ylim=(0, 1.25 * axes.dataLim.y1))  # room for the legend
