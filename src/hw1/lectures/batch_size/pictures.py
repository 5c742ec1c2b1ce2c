"""The experiment's pictures, drawn from its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hw1.lectures.batch_size.remedies import REMEDIES
from hw1.lectures.batch_size.runs import VIEWS
from hw1.lectures.frame.experiment import Metrics, Tables
from hw1.lectures.frame.page import number
from hw1.picture_style import (
    BLUE,
    DASHES,
    DIM,
    GREY,
    INK,
    ORANGE,
    panels,
    sourced,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VIEW_TITLES = {
    "same_epochs": "same epochs, same rate",
    "same_updates": "same updates, same rate",
    "own_rate": "same epochs, each its best rate",
}
VIEW_COLOURS = {"same_epochs": BLUE, "same_updates": ORANGE, "own_rate": INK}
REMEDY_TITLES = {
    "reference": "small batches",
    "plain": "as small",
    "scaled": "scaled, warm-up",
    "tuned": "own rate",
    "lars": "LARS",
    "lamb": "LAMB",
}


def draw(metrics: Metrics, tables: Tables) -> dict[str, Figure]:
    """Figures by file name."""
    return {
        "errors": _errors(metrics, tables["runs"]),
        "sharpness": _sharpness(metrics, tables["runs"]),
        "noise": _noise(metrics, tables["noise"]),
        "remedies": _remedies(metrics, tables["remedies"]),
    }


def _errors(metrics: Metrics, runs: pd.DataFrame) -> Figure:
    """Training and held-out error by batch size, one panel a view."""
    axes_of = panels(10.5, 4.2, len(VIEWS))
    for axes, view in zip(axes_of, VIEWS, strict=True):
        of_view = runs[runs["view"] == view]
        for column, colour, label in (
            ("train_mse", GREY, "training"),
            ("held_out_mse", BLUE, "held out"),
        ):
            _with_deviation(axes, of_view, column, colour, label)
        _sizes(axes, of_view, metrics)
        axes.set_title(VIEW_TITLES[view])
    low = min(axes.get_ylim()[0] for axes in axes_of)
    high = max(axes.get_ylim()[1] for axes in axes_of)
    for axes in axes_of:
        axes.set_ylim(low, high)
    axes_of[0].set_ylabel("mean squared error (squared points)")
    axes_of[0].legend(loc="upper center")
    own, small, large = metrics["views"]["own_rate"], metrics["small"], metrics["large"]
    errors = [told(own[str(size)]["held_out"]["mean"]) for size in (small, large)]
    title = f"Held out, each at its best rate: {errors[0]} with batches of {small}, "
    return _told(axes_of[0], f"{title}{errors[1]} with {large}", metrics)


def _sharpness(metrics: Metrics, runs: pd.DataFrame) -> Figure:
    """Largest eigenvalue, and rise of the loss nearby, by batch size."""
    views = (
        ("sharpness", "largest eigenvalue of the Hessian"),
        ("rise_percent", f"rise of the loss nearby (%), box of {metrics['width']:g}"),
    )
    axes_of = panels(9.0, 4.2, 2)
    for axes, (column, title) in zip(axes_of, views, strict=True):
        for view in VIEWS:
            of_view = runs[runs["view"] == view]
            _with_deviation(axes, of_view, column, VIEW_COLOURS[view], VIEW_TITLES[view])
        _sizes(axes, runs, metrics)
        axes.set_title(title)
    axes_of[0].legend(loc="best", fontsize=9)
    return _told(axes_of[0], "Sharpness where training ended, by batch size", metrics)


def _noise(metrics: Metrics, noise: pd.DataFrame) -> Figure:
    """Variance of a batch's gradient beside the square of the whole gradient."""
    (axes,) = panels(7.5, 4.2)
    for where, colour, label in (("start", BLUE, "first weights"), ("end", ORANGE, "trained")):
        of_place = noise[(noise["where"] == where) & (noise["predicted"] > 0.0)]
        sizes = of_place["batch_size"]
        axes.plot(sizes, of_place["predicted"], color=colour, linewidth=1.2)
        axes.scatter(sizes, of_place["measured"], s=26, color=colour, label=f"variance, {label}")
        square = float(of_place["square"].iloc[0])
        axes.axhline(square, color=colour, linewidth=1, linestyle=DASHES)
        axes.annotate(
            f"squared gradient, {label}",
            (0.01, square),
            (0, 3),
            axes.get_yaxis_transform(),
            "offset points",
            fontsize=8.5,
            color=colour,
        )
    axes.set(yscale="log", ylabel="summed over the weights")
    _sizes(axes, noise[noise["predicted"] > 0.0], metrics)
    axes.legend(loc="upper right", fontsize=9)
    return _told(axes, "A batch's gradient: noise (lines: formula) and signal", metrics)


def _remedies(metrics: Metrics, remedies: pd.DataFrame) -> Figure:
    """Large batches in several ways beside the small ones, one panel a size."""
    sizes = sorted(set(remedies.loc[remedies["remedy"] != "reference", "batch_size"]))
    axes_of = panels(max(7.5, 5.2 * len(sizes)), 4.4, len(sizes))
    names = ["reference", *REMEDIES]
    for axes, size in zip(axes_of, sizes, strict=True):
        for place, name in enumerate(names):
            chosen = remedies["remedy"] == name
            if name != "reference":
                chosen &= remedies["batch_size"] == size
            _dots(axes, place, remedies[chosen])
        axes.set_xticks(
            range(len(names)), [REMEDY_TITLES[name].replace(" ", "\n", 1) for name in names]
        )
        axes.tick_params(axis="x", labelsize=8)
        axes.grid(visible=False, axis="x")
        axes.set_title(f"batches of {size}")
    low = min(axes.get_ylim()[0] for axes in axes_of)
    high = max(axes.get_ylim()[1] for axes in axes_of)
    for axes in axes_of:
        axes.set_ylim(low, high)
        axes.axvline(0.5, color=GREY, linewidth=0.8)
    axes_of[0].set_ylabel("mean squared error (squared points)")
    axes_of[0].legend(loc="upper right", fontsize=9)
    small, epochs = metrics["small"], metrics["remedies"]["epochs"]
    return _told(
        axes_of[0], f"Large batches beside batches of {small}, {epochs} epochs each", metrics
    )


def _dots(axes: Axes, place: int, runs: pd.DataFrame) -> None:
    """Mean and deviation of one way, training beside held out."""
    for shift, column, colour, label in (
        (-0.12, "train_mse", GREY, "training"),
        (0.12, "held_out_mse", BLUE, "held out"),
    ):
        values = runs[column].dropna()
        if values.empty:
            continue
        deviation = values.std(ddof=1) if len(values) > 1 else 0.0
        axes.errorbar(
            [place + shift],
            [values.mean()],
            [deviation],
            fmt="o",
            markersize=5,
            color=colour,
            elinewidth=1.5,
            label=label if place == 0 else None,
        )
    lost = int(runs["held_out_mse"].isna().sum())
    if lost:
        axes.annotate(
            f"{lost} ran away", (place, 0.02), None, axes.get_xaxis_transform(), ha="center",
            fontsize=8, color=ORANGE,
        )  # fmt: skip


def _with_deviation(axes: Axes, runs: pd.DataFrame, column: str, colour: str, label: str) -> None:
    """A line of means over seeds, in a band of one deviation."""
    grouped = runs.groupby("batch_size")[column]
    mean, deviation = grouped.mean(), grouped.std(ddof=1)
    axes.plot(mean.index, mean, color=colour, linewidth=1.6, marker="o", markersize=4, label=label)
    axes.fill_between(
        mean.index, mean - deviation, mean + deviation, color=colour, alpha=0.18, linewidth=0
    )


def _sizes(axes: Axes, runs: pd.DataFrame, metrics: Metrics) -> None:
    sizes = np.unique(runs["batch_size"])
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, ["all" if size == metrics["rows"] else f"{size}" for size in sizes])
    axes.minorticks_off()
    axes.tick_params(axis="x", labelsize=9 if len(sizes) < 7 else 8)
    axes.set_xlabel("rows of a batch")


def told(error: float | None) -> str:
    """An error as titles have it."""
    return "none" if error is None else number(error)


def _told(axes: Axes, title: str, metrics: Metrics) -> Figure:
    figure = titled(axes, title, None)
    source = f"edition {metrics['edition']}, {metrics['rows']:,} rows, "
    source += f"{metrics['seeds']} seeds; bands and bars: one deviation over seeds"
    sourced(figure, source, DIM)
    return figure
