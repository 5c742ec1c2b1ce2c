"""The measurement as the lectures' pipeline runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from hw1.core.sections import load_section
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.lectures.batch_size.reading import read_ground
from hw1.lectures.batch_size_speed.params import BatchSizeSpeedParams
from hw1.lectures.batch_size_speed.timing import measure
from hw1.lectures.frame.data import edition_in_use
from hw1.lectures.frame.experiment import Experiment, Findings, Metrics, Tables
from hw1.lectures.frame.page import number, render_page
from hw1.lectures.frame.places import PARAMS
from hw1.picture_style import BLUE, DIM, ORANGE, panels, sourced, titled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "batch_size_speed"
COLOURS = {"cpu": BLUE, "cuda": ORANGE}
DEVICES = {"cpu": "processor, one thread", "cuda": "GPU"}


def compute(params: BatchSizeSpeedParams) -> Findings:
    """Time the networks of section `batch_size:` on its rows."""
    compared = load_section("batch_size", BatchSizeParams, PARAMS)
    ground = read_ground(compared, edition_in_use())
    devices = measure(
        ground.architecture,
        ground.params,
        ground.rows,
        sizes=compared.batch_sizes,
        rounds=params.rounds,
        epochs=params.epochs,
        updates=params.updates,
    )
    rows = [
        {"device": device, "batch_size": int(size), **one}
        for device, sizes in devices.items()
        for size, one in sizes.items()
    ]
    metrics = {
        "reproducible": False,
        "rows": compared.rows,
        "devices": {device: _described(sizes) for device, sizes in devices.items()},
    }
    return Findings(metrics, {"seconds": pd.DataFrame(rows)})


def _described(sizes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    first, last = min(sizes, key=int), max(sizes, key=int)
    quickest = min(sizes, key=lambda size: float(sizes[size]["seconds_an_epoch"]))
    return {
        "sizes": {
            size: one
            | {
                "milliseconds_an_epoch": 1e3 * one["seconds_an_epoch"],
                "microseconds_an_update": 1e6 * one["seconds_an_update"],
            }
            for size, one in sizes.items()
        },
        "first": int(first),
        "last": int(last),
        "quickest": int(quickest),
        "rows_ratio": int(last) / int(first),
        "update_ratio": sizes[last]["seconds_an_update"] / sizes[first]["seconds_an_update"],
        "epoch_ratio": sizes[first]["seconds_an_epoch"] / sizes[quickest]["seconds_an_epoch"],
    }


def draw(metrics: Metrics, tables: Tables) -> dict[str, Figure]:
    """Seconds an update and an epoch by batch size, both axes logarithmic."""
    from matplotlib.ticker import LogLocator, StrMethodFormatter

    seconds = tables["seconds"]
    axes_of = panels(9.0, 4.2, 2)
    columns = (
        ("seconds_an_update", 1e6, "microseconds an update"),
        ("seconds_an_epoch", 1e3, "milliseconds an epoch"),
    )
    for axes, (column, unit, title) in zip(axes_of, columns, strict=True):
        for device, one in seconds.groupby("device"):
            axes.plot(
                one["batch_size"],
                one[column] * unit,
                marker="o",
                markersize=5,
                color=COLOURS[str(device)],
                label=DEVICES[str(device)],
            )
        sizes = sorted(set(seconds["batch_size"]))
        axes.set_xscale("log", base=2)
        axes.set(yscale="log", title=title, xlabel="rows of a batch")
        axes.set_xticks(sizes, ["all" if size == metrics["rows"] else f"{size}" for size in sizes])
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.minorticks_off()
        axes.margins(y=0.2)
    axes_of[0].legend(loc="upper left")
    cpu = metrics["devices"]["cpu"]
    title = f"With {cpu['last']} rows an update takes {number(cpu['update_ratio'])} times as long "
    figure = titled(axes_of[0], f"{title}as with {cpu['first']}", None)
    source = f"one network, {metrics['rows']:,} rows; the quickest of several epochs"
    sourced(figure, f"{source}; differs from run to run", DIM)
    return {"seconds": figure}


def page_of(metrics: Metrics) -> str:
    """Markdown; what it says follows from the metrics."""
    return render_page(NAME, metrics, names=DEVICES)


EXPERIMENT = Experiment(NAME, BatchSizeSpeedParams, compute, draw, page_of)
