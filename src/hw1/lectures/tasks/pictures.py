"""The experiment's pictures, drawn from its metrics and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hw1.core.survey import TARGET
from hw1.lectures.frame.experiment import Metrics, Tables
from hw1.lectures.tasks.page import CLASSIFIERS, REGRESSIONS, VECTORS, question
from hw1.picture_style import BLUE, DASHES, GREY, INK, ORANGE, panels, sourced, titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {"linear": ORANGE, "ridge": GREY, "mlp": BLUE}
FURTHEST = 2.0
"""Of the highest skill: how far below zero is drawn; what lies beyond is told at the edge."""


def draw(metrics: Metrics, tables: Tables) -> dict[str, Figure]:
    """Figures by file name."""
    return {
        "calibration": _calibration(metrics, tables["calibration"]),
        "roc": _roc(metrics, tables["roc"]),
        "signals": _signals(metrics, tables["signals"]),
        "positivity": _positivity(metrics, tables["seeds"]),
    }


def _calibration(metrics: Metrics, table: pd.DataFrame) -> Figure:
    """What came against what was predicted, a panel a model."""
    classes = metrics["classification"]
    axes_of = panels(8.6, 4.6, len(classes["models"]))
    ends = [
        *table["predicted"],
        *(table["observed"] - table["error"]),
        *(table["observed"] + table["error"]),
    ]
    low, high = max(0.0, min(ends) - 0.04), min(1.0, max(ends) + 0.04)
    for axes, (name, one) in zip(axes_of, classes["models"].items(), strict=True):
        rows = table[table["model"] == name]
        axes.plot([0, 1], [0, 1], color=INK, linewidth=0.9, linestyle=DASHES, label="as predicted")
        axes.errorbar(
            rows["predicted"],
            rows["observed"],
            rows["error"],
            fmt="o",
            markersize=5,
            elinewidth=1.2,
            color=COLOURS[name],
            label=f"{one['calibration']['bins']} groups of rows",
        )
        base = classes["base_rate"]["share"] / 100, classes["share"] / 100
        axes.plot(*base, "s", color=INK, markersize=6, markerfacecolor="white", label="base rate")
        axes.set(xlim=(low, high), ylim=(low, high), xlabel="predicted probability")
        title = f"{CLASSIFIERS[name]}: off by {one['calibration']['error']:.1f} points on average"
        axes.set_title(title[0].upper() + title[1:])
        axes.legend(loc="upper left", fontsize=9)
    axes_of[0].set_ylabel("observed share")
    near = classes["models"]["mlp"]["calibration"]
    title = (
        f"{question(metrics)} The MLP's probability holds in {near['near']} of {near['bins']} "
        "groups"
    )
    return _told(axes_of[0], title, metrics, "bars: one standard error; holds: within two")


def _roc(metrics: Metrics, curves: pd.DataFrame) -> Figure:
    """ROC curves of classifiers, and of regressions that are asked the same."""
    classes = metrics["classification"]
    (axes,) = panels(6.4, 6.0)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, label="by chance: 0.5")
    for task, names, numbers, line in (
        ("classification", CLASSIFIERS, classes["models"], "-"),
        ("regression", REGRESSIONS, classes["regressions"], DASHES),
    ):
        for name, one in numbers.items():
            rows = curves[(curves["task"] == task) & (curves["model"] == name)]
            axes.plot(
                rows["false_alarms"],
                rows["found"],
                color=COLOURS[name],
                linestyle=line,
                linewidth=1.6,
                label=f"{names[name]}: {one['auc']['value']:.3f}",
            )
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set(
        xlabel="false alarms: share of the rows whose answer is no",
        ylabel="found: share of the rows whose answer is yes",
    )
    axes.legend(loc="lower right", fontsize=9, title="area under the curve", title_fontsize=9)
    own, other = (classes[kind]["mlp"]["auc"]["value"] for kind in ("models", "regressions"))
    title = f"AUC of the MLP: {own:.3f}; of its regression: {other:.3f}"
    return _told(axes, title, metrics)


def _signals(metrics: Metrics, table: pd.DataFrame) -> Figure:
    """Skill of every signal, three bars each, the network's best on top."""
    day = metrics["structured"]
    signals = sorted(day["models"]["mlp"]["signals"], key=lambda name: _skill(day, "mlp", name))
    longest = max(map(len, signals))
    (axes,) = panels(8.4, 1.7 + 0.36 * len(signals), left=0.5 + 0.072 * longest)
    y, names = np.arange(len(signals)), list(day["models"])
    height = 0.8 / len(names)
    lowest = -FURTHEST * max(1.0, float(table["skill"].max()))
    for place, name in enumerate(names):
        rows = table[table["model"] == name].set_index("signal").loc[signals]
        skills, deviations = rows["skill"].to_numpy(), rows["deviation"].to_numpy()
        at = y + (len(names) - 1) / 2 * height - place * height
        inside = skills >= lowest
        axes.barh(
            at, np.maximum(skills, lowest), 0.9 * height, color=COLOURS[name], label=VECTORS[name]
        )
        bars = inside & (deviations > 0.0)
        axes.errorbar(
            skills[bars], at[bars], xerr=deviations[bars], fmt="none", ecolor=INK, elinewidth=0.8
        )
        for one in np.flatnonzero(~inside):
            axes.annotate(
                f"‹ {skills[one]:.0f}", (lowest, at[one]), (2, 0), textcoords="offset points",
                va="center", fontsize=7, color="white",
            )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(y, signals, fontsize=9)
    for tick, name in zip(axes.get_yticklabels(), signals, strict=True):
        if name == TARGET:
            tick.set(fontweight="bold")
    axes.set(xlabel="skill against the last known day, %", ylim=(-0.6, len(signals) - 0.4))
    axes.set_xlim(left=max(axes.get_xlim()[0], 1.02 * lowest))
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderpad=0, fontsize=9)
    own = day["models"]["mlp"]
    title = (
        f"The MLP predicts {own['better']} of {day['outputs']} signals better than the last known "
        f"day; mean skill {own['mean_skill']['value']:+.1f} %"
    )
    return _told(axes, title, metrics, "bars: one deviation over seeds")


def _skill(day: Metrics, model: str, signal: str) -> float:
    return float(day["models"][model]["signals"][signal]["value"])


def _positivity(metrics: Metrics, table: pd.DataFrame) -> Figure:
    """Skill of positivity by seed and of the ensemble, learnt with all signals and alone."""
    ways = {"together": "all signals", "alone": "positivity alone"}
    models = metrics["structured"]["positivity"]
    (axes,) = panels(7.5, 4.4)
    labels = []
    for place, (name, one) in enumerate(models.items()):
        for shift, way in enumerate(ways):
            x = place + 0.36 * shift - 0.18
            span = one[way]
            low, high = (span.get(end, span["value"]) for end in ("low", "high"))
            axes.vlines(x, low, high, color=COLOURS[name], linewidth=1.5)
            axes.plot(
                x, span["value"], "o", markersize=8, color=COLOURS[name],
                markerfacecolor=COLOURS[name] if way == "together" else "white",
            )  # fmt: skip
            seeds = table[(table["model"] == name) & (table["way"] == way)]["skill"]
            axes.plot(np.full(len(seeds), x + 0.09), seeds, "_", markersize=8, color=INK)
            labels.append((x, ways[way].replace(" ", "\n", 1)))
        axes.annotate(
            VECTORS[name], (place, 1.0), (0, 4), axes.get_xaxis_transform(),
            "offset points", ha="center", va="bottom", fontweight="bold", color=INK,
        )  # fmt: skip
    axes.axhline(0, color=INK, linewidth=0.8, linestyle=":")
    axes.set_xticks([x for x, _ in labels], [label for _, label in labels], fontsize=9)
    axes.set(xlim=(-0.5, len(models) - 0.5), ylabel="skill of positivity, %")
    axes.grid(visible=False, axis="x")
    found = models["mlp"]["difference"]
    verdict = {
        "helps": "All signals at once help the MLP",
        "hurts": "All signals at once hurt the MLP",
        "unsure": "All signals at once: no sure difference to the MLP",
        "same": "All signals at once: no difference to the MLP",
    }[found["verdict"]]
    title = f"{verdict} ({found['value']:+.1f} points of skill)"
    how = f"dots: mean of the seeds, {metrics['confidence']:.0f} % interval; dashes: single seeds"
    return _told(axes, title, metrics, how)


def _told(axes: Axes, title: str, metrics: Metrics, how: str = "") -> Figure:
    figure = titled(axes, title, None)
    source = f"edition {metrics['edition']}, split {metrics['split']['label']}, "
    source += f"{metrics['rows']:,} held-out rows" + (f"; {how}" if how else "")
    sourced(figure, source)
    return figure
