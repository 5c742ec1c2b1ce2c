"""Every complete trial of a search as one line through its parameters to its error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.lineage.naming import short_key
from hw1.params.sweep import Objective
from hw1.picture_style import BLUE, DIM, GREY, INK, ORANGE, Numbers, highest_shown
from hw1.sweep.table import Result, text_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CHOICES = 8  # numbers that take no more values than these stand at equal distances
ABSENT = -0.13  # height of the trials that do not have a parameter
SPREAD = 0.055  # height over which the lines through one choice fan out
HIGHEST_SHARE = 0.9  # of the trials that the error's axis shows; the rest stand at its top
CROWDED = 0.94  # height above which a mark would touch that at the top
COVER = 60.0  # divided by the number of lines, how much a grey one covers
POINTS = 25  # of the curve from one axis to the next
LONGEST_LINE = 14  # characters of a name before it is broken
LONGEST_CHOICE = 16  # characters of a line of a choice
MOST_LINES = 2


@dataclass(frozen=True)
class Scale:
    """One upright axis.

    Attributes:
        heights: of every trial, [trials], 0 at the bottom and 1 at the top; NaN where it has no
            value.
        ticks: height and text of the marks.
        choices: whether trials share a few heights.
    """

    heights: Numbers
    ticks: list[tuple[float, str]]
    choices: bool


def draw_parallel(
    axes: Axes,
    best_first: Sequence[Result],
    keys: Sequence[str],
    *,
    logarithmic: Collection[str],
    objective: Objective,
    shown: int,
) -> None:
    """Draw the trials' lines, the best on top and coloured.

    Args:
        axes: empty ones.
        best_first: complete trials, two or more.
        keys: the parameters, from left to right.
        logarithmic: those among them that were searched by their logarithm.
        objective: the error at the right.
        shown: how many of the best are coloured.
    """
    errors = np.array([outcome.value(objective) for _, outcome in best_first], dtype=float)
    values = {key: [trial.overrides.get(key, ...) for trial, _ in best_first] for key in keys}
    scales = [scale_of(values[key], logarithmic=key in logarithmic) for key in keys]
    scales.append(_error_scale(errors))
    _draw_lines(axes, np.array([_spread(scale) for scale in scales]).T, shown)
    names = [short_key(key, keys) for key in keys]
    for x, (scale, name) in enumerate(zip(scales, [*names, f"MSE of {objective}"], strict=True)):
        _draw_scale(axes, x, scale, broken(name))
    low = ABSENT if any(np.isnan(scale.heights).any() for scale in scales) else 0.0
    axes.set(xlim=(-0.55, len(scales) - 0.65), ylim=(low - 0.05, 1.05))
    axes.axis("off")


def most_lines(keys: Sequence[str]) -> int:
    """Lines of the longest of the names above the axes."""
    return max(broken(short_key(key, keys)).count("\n") + 1 for key in keys)


def scale_of(values: Sequence[Any], *, logarithmic: bool = False) -> Scale:
    """The axis of a parameter: linear or logarithmic for many numbers, else a height a choice.

    Args:
        values: of every trial; `...` where a trial does not have the parameter.
        logarithmic: whether ratios count, not differences.
    """
    there = [value for value in values if value is not ...]
    if _is_range(there):
        return _number_scale(values, logarithmic)
    ordered = sorted({text_of(value): value for value in there}.items(), key=_choice_order)
    step = 1 / (len(ordered) - 1) if len(ordered) > 1 else 0.0
    places = {text: place * step if step else 0.5 for place, (text, _) in enumerate(ordered)}
    heights = [np.nan if value is ... else places[text_of(value)] for value in values]
    ticks = [
        (height, _tick(value)) for height, (_, value) in zip(places.values(), ordered, strict=True)
    ]
    return Scale(np.array(heights), ticks, choices=True)


def broken(name: str) -> str:
    """A name in lines that are short enough to stand beside others."""
    lines = [""]
    for part in name.replace(".", ".\0").replace("_", "_\0").replace(" ", " \0").split("\0"):
        if lines[-1] and len(lines[-1] + part) > LONGEST_LINE:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def _number_scale(values: Sequence[Any], logarithmic: bool) -> Scale:
    numbers = np.array([np.nan if value is ... else float(value) for value in values])
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    if logarithmic and low > 0:
        powers = np.arange(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)
        span = np.log10(high / low)
        heights = np.log10(numbers / low) / span
        marks: Numbers = 10.0**powers if len(powers) > 1 else np.geomspace(low, high, 4)
        places = np.log10(marks / low) / span
    else:
        marks = _round_marks(low, high)
        heights, places = (numbers - low) / (high - low), (marks - low) / (high - low)
    return Scale(
        heights, [(float(y), f"{mark:.3g}") for y, mark in zip(places, marks, strict=True)], False
    )


def _error_scale(errors: Numbers) -> Scale:
    """The error's axis; the worst trials stand at its top, for the others to be told apart."""
    low, high = float(errors.min()), highest_shown(errors, HIGHEST_SHARE)
    span = high - low or 1.0
    heights = np.minimum((errors - low) / span, 1.0)
    marks = _round_marks(low, low + span)
    ticks = [((mark - low) / span, f"{mark:.4g}") for mark in marks.tolist()]
    if errors.max() > high:
        ticks = [tick for tick in ticks if tick[0] < CROWDED] + [(1.0, f"≥ {high:.3g}")]
    return Scale(heights, ticks, False)


def _round_marks(low: float, high: float) -> Numbers:
    """A few round numbers from low to high."""
    from matplotlib.ticker import MaxNLocator

    marks = np.asarray(MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, high))
    return marks[(marks >= low) & (marks <= high)]


def _spread(scale: Scale) -> Numbers:
    """Heights at which lines are drawn: those through one choice side by side, the best lowest."""
    heights = np.where(np.isnan(scale.heights), ABSENT, scale.heights)
    shared = np.isnan(scale.heights) | scale.choices
    place = np.linspace(-0.5, 0.5, len(heights)) * SPREAD
    return np.where(shared, heights + place, heights)


def _draw_lines(axes: Axes, heights: Numbers, shown: int) -> None:
    """Draw a curve a trial, [trials, axes], the best first."""
    from matplotlib.collections import LineCollection

    part = np.linspace(0, 1, POINTS, endpoint=False)
    ease = part * part * (3 - 2 * part)
    left, right = heights[:, :-1, None], heights[:, 1:, None]
    y = (left + (right - left) * ease).reshape(len(heights), -1)
    y = np.column_stack([y, heights[:, -1]])
    x = np.linspace(0, heights.shape[1] - 1, y.shape[1])
    faint = float(np.clip(COVER / len(heights), 0.04, 0.35))
    groups = (
        (slice(shown, None), GREY, 0.8, faint),
        (slice(1, shown), BLUE, 1.6, 0.9),
        (slice(0, 1), ORANGE, 2.6, 1.0),
    )
    for layer, (chosen, colour, width, alpha) in enumerate(groups):
        lines = [np.column_stack([x, row]) for row in y[chosen][::-1]]
        axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=width, alpha=alpha, zorder=2 + layer)
        )


def _draw_scale(axes: Axes, x: int, scale: Scale, name: str) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0}
    axes.plot([x, x], [0, 1], color=INK, linewidth=1, zorder=6)
    for height, text in scale.ticks:
        axes.plot([x - 0.03, x], [height, height], color=INK, linewidth=1, zorder=6)
        axes.text(x - 0.05, height, text, ha="right", va="center", fontsize=8.5, bbox=box, zorder=7)
    if np.isnan(scale.heights).any():
        axes.text(
            x - 0.05,
            ABSENT,
            "absent",
            ha="right",
            va="center",
            fontsize=8.5,
            bbox=box,
            zorder=7,
            color=DIM,
            style="italic",
        )
    axes.text(x, 1.07, name, ha="center", va="bottom", fontsize=9.5, fontweight="bold", color=INK)


def _is_range(values: Sequence[Any]) -> bool:
    """Whether values are numbers from a range, not a few that were chosen from."""
    if not all(_is_number(value) for value in values):
        return False
    different = len(set(values))
    chosen = all(isinstance(value, int) for value in values) or 2 * different <= len(values)
    return different > 1 and not (chosen and different <= MOST_CHOICES)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _choice_order(entry: tuple[str, Any]) -> tuple[int, float, int, str]:
    """Numbers by size, then lists by length, then words; null last."""
    text, value = entry
    if value is None:
        return 3, 0.0, 0, text
    if _is_number(value):
        return 0, float(value), 0, text
    return (1, 0.0, len(value), text) if isinstance(value, list | tuple) else (2, 0.0, 0, text)


def _tick(value: Any) -> str:
    """A choice in two short lines at most; a list's words without quotation marks."""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = text_of(value).replace('"', "")
    if len(text) <= LONGEST_CHOICE:
        return text
    lines = [""]
    for part in text.replace(", ", ", \0").split("\0"):
        if lines[-1] and len(lines[-1] + part) > LONGEST_CHOICE:
            lines.append("")
        lines[-1] += part
    more = "…" if len(lines) > MOST_LINES else ""
    return "\n".join(_cut(line.strip()) for line in lines[:MOST_LINES]) + more


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CHOICE + 1 else f"{text[:LONGEST_CHOICE]}…"
