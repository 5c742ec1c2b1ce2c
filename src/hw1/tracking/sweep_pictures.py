"""A search as pictures: its trials, what mattered, how it went on, and how the best learnt."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.evaluation.labels import number
from hw1.lineage.naming import short_key
from hw1.picture_style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    STYLE,
    Numbers,
    highest_shown,
    panels,
    png,
    sourced,
    titled,
)
from hw1.sweep.report import SweepReport
from hw1.sweep.table import Result, ranked, searched_keys
from hw1.tracking.sweep_parallel import draw_parallel, most_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from optuna import Study

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
    study = report.study() if report.study else None
    mattered = importances(report, study)
    with matplotlib.style.context(["default", STYLE]):
        figures = {
            "parallel": _parallel(report, complete, list(mattered), _logarithmic(study)),
            "importances": _importances(report, mattered),
            "history": _history(report, complete),
            "learning_curves": _learning_curves(report),
        }
        return {f"{name}.png": png(figure) for name, figure in figures.items() if figure}


def importances(report: SweepReport, study: Study | None) -> dict[str, float]:
    """How much each parameter tells the best trials from all, as shares of 1, the most first.

    PED-ANOVA (Watanabe, Bansal and Hutter 2023, arXiv:2304.10255) as Optuna has it: it draws no
    random numbers, takes milliseconds, and knows parameters that only some trials have.

    Returns:
        Shares by dotted key; empty without a study, with a single parameter, or with fewer
        complete trials than say something.
    """
    complete = report.count("complete")
    if study is None or complete < FEWEST or len(searched_keys(report.results)) < 2:
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    share = max(BEST_SHARE, min(0.5, FEWEST_BEST / complete))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            evaluator = PedAnovaImportanceEvaluator(target_quantile=share)
            found = get_param_importances(study, evaluator=evaluator)
        except (ValueError, RuntimeError):  # a study of nothing but equal trials
            return {}
    shares = {str(key): float(value) for key, value in found.items()}
    known = sum(shares.values())
    return shares if np.isfinite(known) and known > 0 else {}


def _parallel(
    report: SweepReport, complete: list[Result], order: list[str], logarithmic: set[str]
) -> Figure | None:
    """All complete trials, parameters in the order of their importance."""
    keys = searched_keys(complete)
    keys = [*(key for key in order if key in keys), *(key for key in keys if key not in order)]
    keys = keys[:MOST_PARAMETERS]
    if len(keys) < 2:
        return None
    above = 0.75 + 0.17 * most_lines(keys)
    height = 4.4 + above
    (axes,) = panels(2.2 + 1.55 * len(keys), height, left=0.15)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.subplots_adjust(top=1 - above / height, bottom=0.35 / height)
    draw_parallel(
        axes,
        complete,
        keys,
        logarithmic=logarithmic,
        objective=report.objective,
        shown=report.shown,
    )
    title = f"Trial {complete[0][0].number} is the best of {len(complete):,}"
    if 1 < report.shown < len(complete):
        title += f"; the best {report.shown} are coloured"
    return _told(axes, title, report)


def _logarithmic(study: Study | None) -> set[str]:
    """Parameters that were searched by their logarithm."""
    if study is None:
        return set()
    found: dict[str, Any] = {}
    for trial in study.get_trials(deepcopy=False):
        found |= trial.distributions
    return {key for key, each in found.items() if getattr(each, "log", False)}


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
        xlabel="share of what tells the best trials from all, by PED-ANOVA (%)",
        xlim=(0, 1.12 * max(shares)),
    )
    return _told(axes, f"{names[0]} matters most", report)


def _history(report: SweepReport, complete: list[Result]) -> Figure:
    """Every trial's error in the order of the search, and the best so far."""
    (axes,) = panels(8.4, 4.4)
    numbers, errors = _points(report, sorted(complete, key=lambda result: result[0].number))
    low, high = float(errors.min()), highest_shown(errors, HIGHEST_SHARE)
    step = 0.06 * (high - low) or 0.05 * low or 1.0
    above = errors > high
    dots: dict[str, Any] = {"color": BLUE, "alpha": 0.6, "linewidths": 0}
    last = max(trial.number for trial, _ in report.results)
    best = np.minimum.accumulate(errors)
    axes.step([*numbers, last], [*best, low], where="post", color=ORANGE, label="best so far")
    axes.scatter(numbers[~above], errors[~above], s=14, label="complete", **dots)
    if above.any():
        places = np.full(np.count_nonzero(above), high + step)
        axes.scatter(numbers[above], places, s=20, marker="^", label="complete, above", **dots)
    top = _stopped(axes, report, high + 2 * step, step)
    axes.set(xlabel="trial", ylabel=f"MSE of {report.objective}", ylim=(low - step, top))
    axes.set_xlim(-0.02 * last - 0.5, 1.02 * last + 0.5)
    axes.set_yticks([tick for tick in axes.get_yticks() if low - step <= tick <= high])
    _legend_above(axes)
    title = f"Best {number(low)}, found by trial {complete[0][0].number} of {len(report.results):,}"
    return _told(axes, title, report)


def _stopped(axes: Axes, report: SweepReport, height: float, step: float) -> float:
    """Mark the trials that did not end by themselves, in rows of their own; returns the top."""
    rows: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
        (("pruned",), {"label": "pruned", "marker": "x", "color": GREY}),
        (
            ("diverged", "failed"),
            {"label": "diverged or failed", "marker": "v", "color": "white", "edgecolors": INK},
        ),
    )
    line = height - step / 4
    for states, style in rows:
        trials = [trial.number for trial, outcome in report.results if outcome.state in states]
        if trials:
            axes.scatter(
                trials, np.full(len(trials), height + step / 2), s=18, linewidths=1, **style
            )
            height += step
    if height - step / 4 > line:
        axes.axhline(line, color=GREY, linewidth=0.8)
    return height + step / 4


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
    for place, (trial, curve) in enumerate(curves):
        label = f"trial {trial}, the best" if place == 0 else "those after it"
        line = axes.plot(np.arange(1, len(curve) + 1), curve, color=BLUE, linewidth=1.2, alpha=0.6)[
            0
        ]
        line.set(label=label if place < 2 else "_", zorder=3 - place / len(curves))
        if place == 0:
            line.set(color=ORANGE, linewidth=2.2, alpha=1)
    ends = [float(curve[-1]) for _, curve in curves]
    low = min(float(curve.min()) for _, curve in curves)
    top = min(max(float(curve.max()) for _, curve in curves), HIGHEST_CURVE * max(ends))
    margin = 0.05 * (top - low) or 0.05 * low or 1.0
    axes.set(xlabel="epoch", ylabel="validation MSE of members", ylim=(low - margin, top + margin))
    _legend_above(axes)
    title = f"The best trial ends at {number(ends[0])}"
    if len(curves) > 1:
        title = f"The best {len(curves)} trials end at {number(min(ends))} to {number(max(ends))}"
    return _told(axes, title, report)


def _points(report: SweepReport, results: list[Result]) -> tuple[Numbers, Numbers]:
    """Numbers and errors of the trials that have one."""
    found = [
        (trial.number, value)
        for trial, outcome in results
        if (value := outcome.value(report.objective)) is not None
    ]
    pairs = np.array(found, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _legend_above(axes: Axes) -> None:
    """A legend between title and axes, where no point can be."""
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.99),
        fontsize=9,
        ncols=5,
        borderaxespad=0,
        handletextpad=0.5,
    )


def _told(axes: Axes, title: str, report: SweepReport) -> Figure:
    """The axes' figure with its message, and below it which search it shows."""
    figure = titled(axes, title, None)
    counts = f"{report.count('complete'):,} complete trials of {len(report.results):,}"
    sourced(figure, f"search {report.name}, edition {report.edition}, {counts}")
    return figure
