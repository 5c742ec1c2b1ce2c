"""The explored as tables: what the pictures show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hw1.lectures.critical_points.escape import losses_along
from hw1.lectures.critical_points.explore import Exploration, Run
from hw1.lectures.critical_points.toy import toy_landscape

WIDER, PLACES = 1.6, 121
TOY_REACH, TOY_PLACES = 2.0, 41


def points_table(explored: Exploration) -> pd.DataFrame:
    """One row a run: where it ended, and what kind of point that is."""
    rows = []
    for run in explored.runs:
        point, way = run.point, run.escape
        rows.append(
            {
                "hidden": named(run.hidden),
                "seed": run.seed,
                "epoch": run.epoch,
                "search": run.search,
                "kind": point.kind,
                "loss": point.loss,
                "gradient_norm": point.gradient_norm,
                "distance": point.distance,
                "positive": point.positive,
                "zero": point.zero,
                "negative": point.negative,
                "minimum_ratio": point.minimum_ratio,
                "zero_tolerance": point.tolerance,
                "lowest": float(point.eigenvalues[0]),
                "highest": float(point.eigenvalues[-1]),
                "escaped_loss": np.nan if way is None else way.after,
                "descended_loss": np.nan if run.descended is None else run.descended,
            }
        )
    return pd.DataFrame(rows)


def spectra_table(explored: Exploration) -> pd.DataFrame:
    """Eigenvalues of the saddle that is shown, and of a minimum of the same network if there is."""
    saddle = shown_saddle(explored)
    shown = {"saddle": saddle, "minimum": shown_minimum(explored, saddle)}
    rows = [
        {
            "point": name,
            "hidden": named(run.hidden),
            "loss": run.point.loss,
            "number": number,
            "eigenvalue": float(value),
            "zero_tolerance": run.point.tolerance,
        }
        for name, run in shown.items()
        if run is not None
        for number, value in enumerate(run.point.eigenvalues, start=1)
    ]
    columns = ["point", "hidden", "loss", "number", "eigenvalue", "zero_tolerance"]
    return pd.DataFrame(rows, columns=columns)


def escape_table(explored: Exploration) -> pd.DataFrame:
    """The loss along the way out of the saddle that is shown, beside its quadratic part."""
    run = shown_saddle(explored)
    if run is None or run.escape is None:
        return pd.DataFrame({"step": [], "loss": [], "quadratic": []})
    way = run.escape
    steps = np.linspace(-WIDER, WIDER, PLACES) * abs(way.step)
    losses = losses_along(explored.landscapes[run.hidden], run.point, steps)
    quadratic = way.before + way.curvature * steps**2 / 2.0
    return pd.DataFrame({"step": steps, "loss": losses, "quadratic": quadratic})


def toy_table() -> pd.DataFrame:
    """The toy's loss over both its weights."""
    axis = np.linspace(-TOY_REACH, TOY_REACH, TOY_PLACES)
    first, second = (grid.ravel() for grid in np.meshgrid(axis, axis, indexing="ij"))
    losses = toy_landscape().losses(np.column_stack([first, second]))
    return pd.DataFrame({"w1": first, "w2": second, "loss": losses})


def shown_saddle(explored: Exploration) -> Run | None:
    """The saddle whose way out lowers the loss most."""
    saddles = [run for run in explored.runs if run.escape is not None]
    return max(saddles, key=_drop, default=None)


def shown_minimum(explored: Exploration, saddle: Run | None) -> Run | None:
    """The lowest minimum, of the saddle's network if it has one."""
    minima = [run for run in explored.runs if run.point.kind == "minimum"]
    same = [run for run in minima if saddle is not None and run.hidden == saddle.hidden]
    return min(same or minima, key=lambda run: run.point.loss, default=None)


def _drop(run: Run) -> float:
    assert run.escape is not None
    return run.escape.before - run.escape.after


def named(hidden: tuple[int, ...]) -> str:
    """Widths of hidden layers, such as 16-8."""
    return "-".join(map(str, hidden))
