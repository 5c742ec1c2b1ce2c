"""What a diagnosis looks like, drawn from its metrics and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hw1.lectures.diagnose.ladder import FREE, PERSISTENCE, VARIANT, layers_label
from hw1.lectures.diagnose.page import VERDICTS, told_apart
from hw1.lectures.frame.experiment import Metrics, Tables
from hw1.lectures.frame.page import number
from hw1.picture_style import (
    BLUE,
    DASHES,
    GREY,
    INK,
    ORANGE,
    panels,
    sourced,
    titled,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_FEATURES = 12
FURTHEST = 1.4
"""Of persistence's loss: what lies beyond is drawn at the edge."""


def draw(metrics: Metrics, tables: Tables) -> dict[str, Figure]:
    """Draw all pictures.

    Args:
        metrics: as `report.summarise` makes them.
        tables: as `report.tables` makes them.

    Returns:
        Figures by name: `depth`, `ladder`, `curve` and `apart`.
    """
    return {
        "depth": _depth(tables["ladder"], metrics),
        "ladder": _ladder(tables["ladder"], metrics),
        "curve": _curve(tables["curve"], metrics),
        "apart": _apart(tables["apart"], metrics),
    }


def _source(metrics: Metrics) -> str:
    blocks = metrics["skill"]["blocks"]["rows"]
    variant = f"edition {metrics['edition']}, variant {metrics['variant']}"
    return f"{variant}, blocks held out ({blocks:,.0f} rows)"


def _depth(ladder: pd.DataFrame, metrics: Metrics) -> Figure:
    """Losses by number of hidden layers, without any penalty."""
    rungs = ladder[ladder["axis"] == "depth"]
    layers = rungs["layers"].to_numpy()
    (axes,) = panels(7.5, 4.4)
    for name, colour, label in (
        ("train", GREY, "training windows"),
        ("held_out", BLUE, "held-out windows"),
    ):
        axes.errorbar(
            layers,
            rungs[f"{name}_mse"],
            yerr=rungs[f"{name}_deviation"],
            color=colour,
            marker="o",
            capsize=3,
            linewidth=1.5,
            label=f"ladder, {label}",
        )
    models = metrics["models"]
    for name, colour in (("train", GREY), ("held_out", BLUE)):
        if name in models[VARIANT]:
            own = models[VARIANT][name]["mse"]
            words = "training" if name == "train" else "held-out"
            axes.axhline(own, color=colour, linestyle=DASHES, label=f"the variant, {words}")
    persistence = models[PERSISTENCE]["held_out"]["mse"]
    axes.axhline(persistence, color=INK, linewidth=1, linestyle=":", label="persistence, held-out")
    axes.set(xlabel="hidden layers", ylabel="MSE", xlim=(-0.4, layers.max() + 0.4))
    axes.set_xticks(layers, ["linear", *map(str, layers[1:])])
    low, high = axes.get_ylim()
    axes.set_ylim(low, min(high, FURTHEST * persistence))
    axes.legend(loc="upper left", fontsize=8.5, ncols=2)
    lowest = int(np.nanargmin(rungs["train_mse"]))
    best = int(np.nanargmin(rungs["held_out_mse"]))
    title = (
        f"Lowest training loss with {_named(layers[lowest])}, "
        f"lowest held-out loss with {_named(layers[best])}"
    )
    _make_room(axes)
    return _finished(axes, title, _source(metrics))


def _named(layers: int) -> str:
    return "no layer" if layers == 0 else layers_label(int(layers))


def _make_room(axes: Axes) -> None:
    """Room above the lines for the legend."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.3 * (high - low))


def _ladder(ladder: pd.DataFrame, metrics: Metrics) -> Figure:
    """Losses of every model, the lowest on held-out windows first."""
    rows = ladder.dropna(subset=["held_out_mse"]).sort_values(
        "held_out_mse", kind="stable", ascending=False
    )
    names, y = rows["model"].tolist(), np.arange(len(rows))
    limit = FURTHEST * float(ladder.loc[ladder["model"] == PERSISTENCE, "held_out_mse"].iloc[0])
    (axes,) = panels(8.4, 1.8 + 0.23 * len(rows), left=3.1)
    for name, colour, label in (("train", GREY, "training"), ("held_out", BLUE, "held-out")):
        values = rows[f"{name}_mse"].to_numpy(dtype=np.float64)
        inside = values <= limit
        axes.errorbar(
            values[inside],
            y[inside],
            xerr=rows[f"{name}_deviation"].to_numpy(dtype=np.float64)[inside],
            fmt="o",
            color=colour,
            markersize=5,
            capsize=2,
            label=f"{label} windows",
        )
        for place in np.flatnonzero(~inside):
            axes.annotate(
                f"{number(float(values[place]), 4)} ›",
                (limit, y[place]),
                ha="right",
                va="center",
                fontsize=8.5,
                color=colour,
            )
    axes.set_yticks(y, names, fontsize=9)
    for tick, model in zip(axes.get_yticklabels(), names, strict=True):
        if model in (VARIANT, FREE):
            tick.set(color=ORANGE, fontweight="bold")
    axes.set(xlabel="MSE, with the deviation of one seed", xlim=(None, limit), ylim=(-0.7, len(y)))
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderpad=0, fontsize=9)
    return _finished(axes, _headline(metrics), _source(metrics))


def _headline(metrics: Metrics) -> str:
    return f"Verdict: {VERDICTS[metrics['verdict']]}"


def _curve(curve: pd.DataFrame, metrics: Metrics) -> Figure:
    """The variant's losses by epoch; what it ends with where it is not trained in epochs."""
    sound = curve.dropna()
    own, models = metrics["models"][VARIANT], metrics["models"]
    epochs = sound["epoch"].to_numpy()
    (axes,) = panels(7.5, 4.2)
    ends = []
    for name, colour, word in (("train", GREY, "training"), ("held_out", BLUE, "held-out")):
        axes.plot(
            epochs, sound[f"{name}_mse"], color=colour, linewidth=2, label=f"the variant, {word}"
        )
        if len(sound) < 2 and name in own:
            axes.axhline(own[name]["mse"], color=colour, linewidth=2)
        persistence = models[PERSISTENCE][name]["mse"]
        label = f"persistence, {word}"
        axes.axhline(persistence, color=colour, linewidth=1, linestyle=DASHES, label=label)
        ends += [persistence, own[name]["mse"]] if name in own else [persistence]
    bottom, top = axes.dataLim.intervaly
    top = min(top, FURTHEST * max(ends))
    margin = 0.05 * (top - bottom) or 0.1
    axes.set_ylim(bottom - margin, top + margin)
    axes.set(xlabel="epoch", ylabel="MSE, mean over folds and seeds")
    axes.legend(loc="upper right", fontsize=9, ncols=2)
    _make_room(axes)
    if len(sound) < 2:
        axes.set_xticks([])
        title = "The variant's losses; there is no curve by epochs"
    else:
        first, last = sound["held_out_mse"].iloc[[0, -1]]
        word = "falls" if last < first else "rises"
        title = (
            f"The variant's held-out MSE {word} from {number(first, 4)} to {number(last, 4)} "
            f"in {int(epochs[-1])} epochs"
        )
    return _finished(axes, title, _source(metrics))


def _apart(table: pd.DataFrame, metrics: Metrics) -> Figure:
    """How well each feature tells test windows from training windows, alone and with the others."""
    rows = table.head(MOST_FEATURES).iloc[::-1]
    longest = max(map(len, rows["feature"]))
    left = 0.4 + 0.075 * longest
    alone, lost = panels(8.6, 1.9 + 0.24 * len(rows), 2, left=left)
    y = np.arange(len(rows))
    values = rows["auc_alone"].to_numpy()
    colours = np.where(values > 0.5, ORANGE, BLUE).tolist()
    alone.barh(y, values - 0.5, left=0.5, height=0.6, color=colours)
    alone.axvline(0.5, color=INK, linewidth=0.8)
    alone.set_yticks(y, rows["feature"].tolist(), fontsize=9)
    alone.set(title="AUC by this feature alone", xlabel="right: higher in test windows")
    alone.set_xlim(0, 1)
    lost.barh(y, rows["auc_lost"].to_numpy(), height=0.6, color=GREY)
    lost.axvline(0, color=INK, linewidth=0.8)
    lost.set_yticks(y, [])
    lost.locator_params(axis="x", nbins=5)
    lost.set(title="AUC lost when it is shuffled", xlabel="what the other features cannot replace")
    for axes in (alone, lost):
        axes.grid(visible=False, axis="y")
    best, title = metrics["apart"]["best"], told_apart(metrics)
    how = f"{CLASSIFIERS[best]}, judged on states that it has not learnt from"
    return _finished(alone, title, f"edition {metrics['edition']}; {how}")


CLASSIFIERS = {"logistic": "logistic regression", "trees": "a forest"}


def _finished(axes: Axes, title: str, source: str) -> Figure:
    figure = titled(axes, title, None)
    sourced(figure, source)
    return figure
