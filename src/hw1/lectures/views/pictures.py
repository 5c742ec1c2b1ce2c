"""The experiment's pictures, drawn from its metrics and tables."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1.lectures.frame.experiment import Metrics, Tables
from hw1.lectures.frame.page import number
from hw1.lectures.views.reading import by_size
from hw1.picture_style import BLUE, DASHES, DIM, GREY, INK, ORANGE, panels, sourced, titled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEVELS = 14  # contours of the loss
MARKED_STEPS = (1, 2, 5, 10, 100, 300, 1000)
NAMED_STEPS = (100, 300)


def draw(metrics: Metrics, tables: Tables) -> dict[str, Figure]:
    """Draw every picture of the experiment."""
    figures = {
        "predictions": _predictions(metrics, tables["predictions"]),
        "surface": _surface(metrics, tables),
        "curve": _curve(metrics, tables["curve"]),
        "layers": _layers(metrics),
    }
    for figure in figures.values():
        sourced(figure, source_of(metrics["data"]))
    sourced(figures["curve"], "no data: a curve that is given")
    return figures


def source_of(data: Metrics) -> str:
    """What data a picture was seen on."""
    source = "simulated views" if data["source"] == "simulated" else f"views of {data['source']}"
    years = f"{data['first_year']} to {data['last_year']} for training"
    return f"{source}, {years}, {data['unseen_year']} unseen"


def _predictions(metrics: Metrics, table: pd.DataFrame) -> Figure:
    (axes,) = panels(8.4, 4.0)
    days: list[Any] = [date.fromisoformat(text) for text in table["date"]]
    sizes = [size for size, _ in by_size(metrics["linear"])]
    axes.plot(days, table["views"], color=INK, linewidth=2, label="true views")
    for size, colour in ((sizes[0], ORANGE), (sizes[-1], BLUE)):
        label = f"linear, {_days(size)}"
        axes.plot(days, table[f"linear_{size}"], color=colour, linewidth=1.4, label=label)
    mondays = [day for day in days if day.weekday() == 0]
    axes.set_xticks(mondays, [f"{day:%d %b}" for day in mondays])
    bottom, top = axes.get_ylim()
    axes.set(ylim=(bottom, top + 0.14 * (top - bottom)))
    axes.set(ylabel="thousands of views", xlabel="day, a mark every Monday")
    axes.legend(loc="upper left", ncols=3)
    losses = [metrics["linear"][str(size)]["unseen"] for size in (sizes[0], sizes[-1])]
    title = f"In {metrics['data']['unseen_year']} wrong by {number(losses[0])} thousand views with "
    title += f"{_days(sizes[0])}, by {number(losses[1])} with {sizes[-1]}"
    return titled(axes, title, None)


def _surface(metrics: Metrics, tables: Tables) -> Figure:
    both = panels(8.4, 4.6, 2)
    coordinates = {"plain": "Views in thousands", "standardised": "Views standardised"}
    for axes, (name, title) in zip(both, coordinates.items(), strict=True):
        about = metrics["surface"][name]
        _descent(axes, tables[f"surface_{name}"], tables[f"path_{name}"], about)
        axes.set(title=f"{title}: {_arrival(about)}", xlabel="w", ylabel="b")
    _name_steps(both[0], tables["path_plain"])
    both[1].set_aspect("equal")
    both[0].legend(loc="lower left", fontsize=9, frameon=True, framealpha=0.9, edgecolor="white")
    return titled(both[0], "The same line to find, on two surfaces of the loss", None)


def _descent(axes: Axes, grid: pd.DataFrame, path: pd.DataFrame, about: Metrics) -> None:
    w, b = np.unique(grid["w"]), np.unique(grid["b"])
    rmse = grid["rmse"].to_numpy().reshape(len(b), len(w))
    levels = np.geomspace(1.02 * about["lowest"], rmse.max(), LEVELS)
    axes.contourf(w, b, rmse, levels=[0.0, *levels], cmap="Blues", alpha=0.55)
    axes.contour(w, b, rmse, levels=levels, colors="white", linewidths=0.8)
    axes.grid(visible=False)
    axes.plot(path["w"], path["b"], color=ORANGE, linewidth=1.3, label="gradient descent")
    shown = path[path["step"].isin((0, *MARKED_STEPS))]
    axes.scatter(shown["w"], shown["b"], s=18, color=ORANGE, zorder=3)
    axes.annotate("start", (path["w"][0], path["b"][0]), (6, 4), textcoords="offset points")
    star = axes.scatter(about["w"], about["b"], s=90, marker="*", color=INK, zorder=4)
    star.set_label("least squares")


def _name_steps(axes: Axes, path: pd.DataFrame) -> None:
    for step in NAMED_STEPS:
        if step < len(path):
            place = (path["w"][step], path["b"][step])
            axes.annotate(f"step {step}", place, (7, 2), textcoords="offset points", fontsize=9)


def _arrival(about: Metrics) -> str:
    if about["arrived"] is None:
        return f"not there after {about['steps']:,} steps"
    return f"there after {about['arrived']:,} steps"


def _curve(metrics: Metrics, table: pd.DataFrame) -> Figure:
    about = metrics["curve"]
    views = (
        ("hard_sigmoids", "hard", "Constant + hard sigmoids"),
        ("sigmoids", "sigmoid", "Constant + sigmoids"),
        ("relus", "hard", "Constant + pairs of ReLUs"),
    )
    all_axes = panels(9.6, 3.8, 3)
    for axes, (total, part, title) in zip(all_axes, views, strict=True):
        axes.plot(table["x"], table["curve"], color=ORANGE, linewidth=4, alpha=0.45, label="curve")
        for each in range(1, about["pieces"] + 1):
            label = "its parts" if each == 1 else None
            axes.plot(table["x"], table[f"{part}_{each}"], color=GREY, linewidth=1, label=label)
        axes.plot(table["x"], table[total], color=BLUE, linestyle=DASHES, label="sum")
        axes.set(title=f"{title}: {_difference(about[total])}", xlabel="x")
    for axes in all_axes[1:]:
        axes.set_ylim(all_axes[0].get_ylim())
    all_axes[0].legend(loc="best", fontsize=9)
    return titled(all_axes[0], "A curve of straight lines is a sum of simple pieces", None)


def _difference(value: float) -> str:
    return "exact" if value == 0 else f"off by up to {number(value, 2)}"


def _layers(metrics: Metrics) -> Figure:
    (axes,) = panels(7.0, 4.0)
    linear = by_size(metrics["linear"])[-1][1]
    sizes = [(0, linear), *by_size(metrics["layers"])]
    x = [size for size, _ in sizes]
    for key, colour, label in (
        ("training", BLUE, "training"),
        ("unseen", ORANGE, f"{metrics['data']['unseen_year']}, unseen"),
    ):
        losses = [loss[key] for _, loss in sizes]
        axes.plot(x, losses, color=colour, marker="o", linewidth=2, label=label)
        for place, loss in zip(x, losses, strict=True):
            axes.annotate(
                number(loss, 2),
                (place, loss),
                (0, 7),
                textcoords="offset points",
                ha="center",
                color=DIM,
                fontsize=9,
            )
    axes.set_xticks(x, ["linear" if size == 0 else str(size) for size in x])
    axes.set(ylim=(0, 1.2 * axes.get_ylim()[1]), ylabel="loss (RMSE, thousands of views)")
    axes.set(xlabel=f"layers of {metrics['settings']['width']} ReLUs")
    axes.legend(loc="upper right", ncols=2)
    first, last = sizes[0][1], sizes[-1][1]
    title = f"Training loss {_way(first['training'], last['training'])}, "
    title += f"on {metrics['data']['unseen_year']} it {_way(first['unseen'], last['unseen'])}"
    return titled(axes, title, None)


def _way(first: float, last: float) -> str:
    word = "falls" if last < first else "rises"
    return f"{word} from {number(first, 2)} to {number(last, 2)}"


def _days(count: int) -> str:
    return "1 past day" if count == 1 else f"{count} past days"
