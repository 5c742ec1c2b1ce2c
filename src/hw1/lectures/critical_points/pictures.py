"""Pictures of the experiment, drawn from its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hw1.lectures.frame.experiment import Metrics, Tables
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
    from matplotlib.figure import Figure

MARKS = (("o", BLUE), ("s", ORANGE), ("^", INK), ("D", DIM), ("v", GREY))
NOT_CRITICAL = ("steep", "far")


def draw(metrics: Metrics, tables: Tables) -> dict[str, Figure]:
    """Draw what the tables points, spectra, escape and toy show.

    Where there is nothing to show, the figure says so: a file that is not written anew would still
    show what an earlier run has found.
    """
    figures = {
        "loss_and_minimum_ratio": _loss_and_ratio(tables["points"], metrics),
        "spectra": _spectra(tables["spectra"], metrics),
        "escape": _escape(tables["escape"], metrics),
        "toy": _toy(tables["toy"], metrics),
    }
    return {name: figure or _nothing(metrics) for name, figure in figures.items()}


def _nothing(metrics: Metrics) -> Figure:
    (axes,) = panels(7.5, 1.6)
    axes.set_axis_off()
    figure = titled(axes, "Nothing to show: no such point was found", None)
    sourced(figure, _source(metrics))
    return figure


def _source(metrics: Metrics) -> str:
    return (
        f"edition {metrics['edition']}, {metrics['rows']:,} training rows, "
        f"{metrics['features']} features, {metrics['activation']}"
    )


def _loss_and_ratio(points: pd.DataFrame, metrics: Metrics) -> Figure | None:
    """The lecture's figure: training loss against minimum ratio, a mark a critical point."""
    critical = points[~points["kind"].isin(NOT_CRITICAL)]
    if critical.empty:
        return None
    (axes,) = panels(7.5, 4.6)
    axes.axvline(1.0, color=GREY, linewidth=1, linestyle=DASHES)
    for (hidden, own), (mark, colour) in zip(
        critical.groupby("hidden", sort=True), MARKS, strict=False
    ):
        axes.scatter(
            own["minimum_ratio"],
            own["loss"],
            s=34,
            marker=mark,
            facecolors=colour,
            edgecolors="white",
            linewidths=0.6,
            alpha=0.85,
            label=f"hidden {hidden}",
            zorder=2,
        )
    axes.annotate(
        "minima", (1.0, 1.0), (-4, -2), ("data", "axes fraction"), "offset points",
        ha="right", va="top", color=DIM,
    )  # fmt: skip
    left = min(0.98, float(critical["minimum_ratio"].min()))
    axes.set_xlim(left - 0.1 * (1.0 - left), 1.0 + 0.08 * (1.0 - left))
    axes.set(xlabel="minimum ratio: share of positive eigenvalues", ylabel="training loss")
    axes.legend(loc="lower left")
    saddles = int((critical["kind"] == "saddle").sum())
    minima = int((critical["kind"] == "minimum").sum())
    title = f"Searches ended {saddles} times in a saddle, {minima} times in a minimum"
    figure = titled(axes, title, None)
    others = int(points["kind"].isin(NOT_CRITICAL).sum())
    sourced(figure, f"{_source(metrics)}; {others} runs ended where the gradient is not small")
    return figure


def _spectra(spectra: pd.DataFrame, metrics: Metrics) -> Figure | None:
    """Eigenvalues of one saddle and one minimum, each a bar, on a scale that shows small ones."""
    from matplotlib.ticker import MaxNLocator

    shown = [(name, own) for name, own in spectra.groupby("point", sort=False)]
    if not shown:
        return None
    axes_list = panels(8.4, 4.4, len(shown), left=0.8)
    sizes = spectra["eigenvalue"].abs()
    least = 10.0 ** np.floor(np.log10(max(float(sizes[sizes > 0].quantile(0.1)), 1e-12)))
    top = 3.0 * float(sizes.max())
    bottom = min(float(spectra["eigenvalue"].min()), 0.0)
    for axes, (name, own) in zip(axes_list, shown, strict=True):
        values, zero = own["eigenvalue"].to_numpy(), own["zero_tolerance"].to_numpy()
        colours = np.where(np.abs(values) <= zero, GREY, np.where(values < 0, ORANGE, BLUE))
        axes.bar(own["number"], values, width=0.7, color=colours.tolist())
        axes.set_yscale("symlog", linthresh=least)
        axes.set_ylim(3.0 * bottom - least / 2, top)
        axes.axhline(0.0, color=INK, linewidth=0.8)
        negative, still = int((values < -zero).sum()), int((np.abs(values) <= zero).sum())
        told = f"{negative} negative, {still} zero of {len(values)}"
        axes.set(title=f"{str(name).capitalize()}, loss {own['loss'].iloc[0]:.3f}: {told}")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel="eigenvalue of the Hessian, from the lowest")
    axes_list[0].set_ylabel("value (both ends of the axis logarithmic)")
    hidden = spectra["hidden"].iloc[0]
    figure = titled(axes_list[0], f"Curvature at a saddle and at a minimum, hidden {hidden}", None)
    sourced(figure, _source(metrics))
    return figure


def _escape(way: pd.DataFrame, metrics: Metrics) -> Figure | None:
    """The loss along the eigenvector of the most negative curvature."""
    if way.empty:
        return None
    shown = metrics["shown"]["saddle"]
    (axes,) = panels(7.5, 4.2)
    losses = way["loss"].to_numpy()
    axes.plot(way["step"], losses, color=BLUE, linewidth=2, label="training loss")
    axes.plot(
        way["step"], way["quadratic"], color=GREY, linestyle=DASHES, label="gradient and curvature"
    )
    axes.scatter([0.0], [shown["loss"]], s=46, color=INK, zorder=3, label="saddle")
    axes.scatter(
        [shown["step"]], [shown["escaped_loss"]], s=46, color=ORANGE, zorder=3, label="lowest"
    )
    low, high = losses.min(), losses.max()
    axes.set_ylim(low - 0.12 * (high - low), high + 0.05 * (high - low))
    axes.set(xlabel="step along the eigenvector", ylabel="training loss")
    axes.legend(loc="best")
    title = f"Along curvature {shown['curvature']:.3g} the loss falls from "
    title += f"{shown['loss']:.3f} to {shown['escaped_loss']:.3f}"
    figure = titled(axes, title, None)
    sourced(figure, f"{_source(metrics)}, hidden {shown['hidden']}")
    return figure


def _toy(table: pd.DataFrame, metrics: Metrics) -> Figure:
    """The toy's surface from above, with its saddle and the two directions out of it."""
    (axes,) = panels(5.6, 5.4)
    grid = table.pivot_table(index="w2", columns="w1", values="loss")
    levels = [0.0, 0.1, 0.4, 0.8, 1.0, 1.3, 2.0, 4.0, 8.0, 16.0, 25.0]
    first, second, losses = grid.columns.to_numpy(), grid.index.to_numpy(), grid.to_numpy()
    axes.contourf(first, second, losses, levels=levels, colors=_shades(len(levels) - 1))
    axes.contour(first, second, losses, levels=levels, colors="white", linewidths=0.6)
    low, high = metrics["toy"]["eigenvalues"]
    for sign in (1.0, -1.0):
        for slope, colour in ((1.0, ORANGE), (-1.0, BLUE)):
            end = (0.75 * sign, 0.75 * sign * slope)
            arrow = {"arrowstyle": "->", "color": colour, "linewidth": 2}
            axes.annotate("", end, (0.0, 0.0), arrowprops=arrow)
    axes.plot([], [], color=ORANGE, linewidth=2, label=f"eigenvalue {low:+.3g}: down")
    axes.plot([], [], color=BLUE, linewidth=2, label=f"eigenvalue {high:+.3g}: up")
    axes.scatter([0.0], [0.0], s=50, color=INK, zorder=3)
    axes.grid(visible=False)
    axes.set(xlabel="w1", ylabel="w2", aspect="equal")
    axes.legend(loc="upper left", frameon=True, framealpha=0.9, edgecolor="white")
    figure = titled(axes, "Loss of y = w1 w2 x: a saddle at the origin", None)
    sourced(figure, "one example, x = y = 1; dark is low")
    return figure


def _shades(count: int) -> list[str]:
    """Greys from dark to light."""
    return [f"{0.45 + 0.5 * number / (count - 1):.3f}" for number in range(count)]
