"""A search as pictures: its trials, what mattered, how it went on, and how the best learnt."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from hw1.evaluation.labels import number
from hw1.lineage.naming import short_key
from hw1.sweep.report import SweepReport
from hw1.sweep.table import Result, ranked, searched_keys, value_of
from hw1.tracking.picture_style import (
    BLUE,
    GREY,
    ORANGE,
    STYLE,
    Numbers,
    panels,
    png,
    sourced,
    titled,
)
from hw1.tracking.sweep_parallel import draw_parallel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST = 10  # complete trials to tell what mattered
BEST_SHARE = 0.1  # of the trials whose parameters are compared with all trials'
FEWEST_BEST = 5  # trials that those should be
MOST_PARAMETERS = 10  # axes side by side
HIGHEST_SHARE = 0.95  # of the trials that the history's axis shows in full
HIGHEST_CURVE = 2.0  # of the shown trials' last errors; the first epochs may leave the axes


def draw_sweep(report: SweepReport) -> dict[str, bytes]:
    """Draw a search; what it does not show gets no picture.

    Args:
        report: the search.

    Returns:
        PNG images by file name: parallel, importances, history and learning_curves; none with
        fewer than two complete trials. The same search gives the same bytes.
    """
    import matplotlib.style

    complete = ranked(report.results, report.objective)
    if len(complete) < 2:
        return {}
    mattered = importances(report)
    with matplotlib.style.context(["default", STYLE]):
        figures = {
            "parallel": _parallel(report, complete, list(mattered)),
            "importances": _importances(report, mattered),
            "history": _history(report, complete),
            "learning_curves": _learning_curves(report),
        }
        return {f"{name}.png": png(figure) for name, figure in figures.items() if figure}


def importances(report: SweepReport) -> dict[str, float]:
    """How much each parameter tells the best trials from all, as shares of 1, the most first.

    PED-ANOVA (Watanabe, Bansal and Hutter 2023, arXiv:2304.10255) as Optuna has it: it draws no
    random numbers, takes milliseconds, and knows parameters that only some trials have.

    Returns:
        Shares by dotted key; empty without a study, with a single parameter, or with fewer
        complete trials than say something.
    """
    complete = report.count("complete")
    if report.study is None or complete < FEWEST or len(searched_keys(report.results)) < 2:
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    share = max(BEST_SHARE, min(0.5, FEWEST_BEST / complete))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            evaluator = PedAnovaImportanceEvaluator(target_quantile=share)
            found = get_param_importances(report.study(), evaluator=evaluator)
        except (ValueError, RuntimeError):  # a study of nothing but equal trials
            return {}
    shares = {str(key): float(value) for key, value in found.items()}
    known = sum(shares.values())
    return shares if np.isfinite(known) and known > 0 else {}


def _parallel(report: SweepReport, complete: list[Result], order: list[str]) -> Figure | None:
    """All complete trials, parameters in the order of their importance."""
    keys = searched_keys(complete)
    keys = [*(key for key in order if key in keys), *(key for key in keys if key not in order)]
    keys = keys[:MOST_PARAMETERS]
    if len(keys) < 2:
        return None
    (axes,) = panels(2.2 + 1.55 * len(keys), 5.6, left=0.15)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.subplots_adjust(top=1 - 1.15 / 5.6, bottom=0.35 / 5.6)
    draw_parallel(axes, complete, keys, report.objective, report.shown)
    best, several = complete[0][0].number, min(report.shown, len(complete))
    title = f"Trial {best} is best; the best {several} of {len(complete):,} are coloured"
    return _told(axes, title, report)


def _importances(report: SweepReport, mattered: dict[str, float]) -> Figure | None:
    """What tells the best trials from the rest."""
    if len(mattered) < 2:
        return None
    first = list(mattered.items())[:MOST_PARAMETERS]
    names = [short_key(key, list(mattered)) for key, _ in first]
    shares = [100 * share for _, share in first]
    longest = max(len(name) for name in names)
    (axes,) = panels(7.5, 1.7 + 0.28 * len(first), left=0.4 + 0.08 * longest)
    axes.barh(names, shares, height=0.6, color=BLUE)
    for place, share in enumerate(shares):
        axes.annotate(
            f"{share:.0f} %", (share, place), (4, 0), textcoords="offset points", va="center"
        )
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set(
        xlabel="share of what tells the best trials from all (%)", xlim=(0, 1.12 * max(shares))
    )
    return _told(axes, f"{names[0]} matters most", report)


def _history(report: SweepReport, complete: list[Result]) -> Figure:
    """Every trial's error in the order of the search, and the best so far."""
    (axes,) = panels(8.4, 4.2)
    by_number = sorted(complete, key=lambda result: result[0].number)
    numbers, errors = _points(report, by_number)
    low, high = float(errors.min()), float(np.quantile(errors, HIGHEST_SHARE))
    margin = 0.06 * (high - low) or 0.05 * low or 1.0
    top = high + margin
    axes.scatter(
        numbers,
        np.minimum(errors, top),
        s=14,
        color=BLUE,
        alpha=0.55,
        linewidths=0,
        label="complete",
    )
    pruned = [each for each in report.results if each[1].state == "pruned"]
    places, stopped = _points(report, pruned)
    if len(places):
        axes.scatter(
            places,
            np.minimum(stopped, top),
            s=16,
            marker="x",
            color=GREY,
            linewidths=1,
            label="pruned, as it was then",
        )
    lost = [
        trial.number for trial, outcome in report.results if outcome.state in ("diverged", "failed")
    ]
    if lost:
        axes.scatter(
            lost,
            np.full(len(lost), top),
            s=22,
            marker="v",
            color="white",
            edgecolors=GREY,
            label="diverged or failed",
        )
    last = max(trial.number for trial, _ in report.results)
    axes.step(
        [*numbers, last],
        [*np.minimum.accumulate(errors), low],
        where="post",
        color=ORANGE,
        linewidth=2,
        label="best so far",
    )
    axes.set(xlabel="trial", ylabel=f"MSE of {report.objective}", ylim=(low - margin, top + margin))
    axes.set_xlim(-0.02 * last - 0.5, 1.02 * last + 0.5)
    _legend_above(axes)
    return _told(
        axes,
        f"Best {number(low)}, found by trial {complete[0][0].number} of {len(report.results):,}",
        report,
    )


def _learning_curves(report: SweepReport) -> Figure | None:
    """How the best trials learnt; None where they were not fitted in epochs."""
    curves = [
        (trial.number, np.array(outcome.curve))
        for trial, outcome in report.best
        if len(outcome.curve) > 1
    ]
    if not curves:
        return None
    (axes,) = panels(8.4, 4.2)
    for place, (trial, curve) in reversed(list(enumerate(curves))):
        label = f"trial {trial}, the best" if place == 0 else "_"
        label = "those after it" if place == 1 else label
        colour, width = (ORANGE, 2.2) if place == 0 else (BLUE, 1.2)
        axes.plot(
            np.arange(1, len(curve) + 1),
            curve,
            color=colour,
            linewidth=width,
            alpha=1 if place == 0 else 0.6,
            label=label,
        )
    ends = [float(curve[-1]) for _, curve in curves]
    low = min(float(curve.min()) for _, curve in curves)
    top = min(max(float(curve.max()) for _, curve in curves), HIGHEST_CURVE * max(ends))
    margin = 0.05 * (top - low) or 0.05 * low or 1.0
    axes.set(xlabel="epoch", ylabel="validation MSE of members", ylim=(low - margin, top + margin))
    _legend_above(axes)
    words = f"The best {len(curves)} trials" if len(curves) > 1 else "The best trial"
    return _told(axes, f"{words} learnt like this", report)


def _points(report: SweepReport, results: list[Result]) -> tuple[Numbers, Numbers]:
    """Numbers and errors of the trials that have one."""
    found = [
        (trial.number, value)
        for trial, outcome in results
        if (value := value_of(outcome, report.objective)) is not None
    ]
    pairs = np.array(found, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _legend_above(axes: Axes) -> None:
    """A legend between title and axes, where no point can be; the best first."""
    handles, labels = axes.get_legend_handles_labels()
    place = {"loc": "lower left", "bbox_to_anchor": (-0.01, 0.99), "fontsize": 9}
    axes.legend(handles[::-1], labels[::-1], ncols=4, borderaxespad=0, handletextpad=0.5, **place)


def _told(axes: Axes, title: str, report: SweepReport) -> Figure:
    """The axes' figure with its message, and below it which search it shows."""
    figure = titled(axes, title, None)
    counts = f"{report.count('complete'):,} complete trials of {len(report.results):,}"
    sourced(figure, f"search {report.name}, edition {report.edition}, {counts}")
    return figure
