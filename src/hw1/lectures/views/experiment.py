"""The experiment `views`: from parameters to what its files hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hw1.lectures.frame.experiment import Experiment, Findings
from hw1.lectures.views.compare import Model, errors_of, fit_models
from hw1.lectures.views.curve import hard_sigmoid, pieces_of, sigmoid, two_relus
from hw1.lectures.views.page import make_page
from hw1.lectures.views.params import ViewsParams
from hw1.lectures.views.pictures import draw
from hw1.lectures.views.reading import best_of, gain_percent, second_of
from hw1.lectures.views.series import DATA, Series, Windows, make_windows, read_series
from hw1.lectures.views.simulate import simulate_series
from hw1.lectures.views.surface import Descent, walk

CURVE_POINTS = 241


def compute(params: ViewsParams) -> Findings:
    """Fit all models, and find what the pictures show."""
    series = _series(params)
    windows = make_windows(series, max(params.past_days), params.unseen_year)
    models = fit_models(windows, params)
    errors = pd.DataFrame(errors_of(windows, models))
    curve = curve_table(params.curve)
    descents = {
        "plain": walk(windows, params.surface, standardised=False),
        "standardised": walk(windows, params.surface, standardised=True),
    }
    families = _losses(errors)
    metrics = {
        "data": _about(series, windows, params),
        **families,
        "reading": _reading(families),
        "surface": {name: _about_descent(descent) for name, descent in descents.items()},
        "curve": _about_curve(curve, len(params.curve) - 1),
        "settings": {"width": params.width, "seeds": params.network.seeds},
    }
    tables = {
        "models": errors,
        "predictions": _predictions(windows, models, 7 * params.weeks),
        "curve": curve,
    }
    for name, descent in descents.items():
        tables |= {f"surface_{name}": _grid(descent), f"path_{name}": _path(descent)}
    return Findings(metrics, tables)


def _series(params: ViewsParams) -> Series:
    if params.csv is not None:
        return read_series(DATA / params.csv)
    simulated = params.simulated
    return simulate_series(simulated.seed, simulated.first_year, params.unseen_year)


def _about(series: Series, windows: Windows, params: ViewsParams) -> dict[str, Any]:
    return {
        "source": "simulated" if params.csv is None else params.csv,
        "first_year": series.dates[0].year,
        "last_year": params.unseen_year - 1,
        "unseen_year": params.unseen_year,
        "training_days": int(np.count_nonzero(~windows.unseen)),
        "unseen_days": int(np.count_nonzero(windows.unseen)),
        "mean_views": windows.mean,
        "weeks_drawn": params.weeks,
    }


def _losses(errors: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """By family and size: means over the seeds, and how far the seeds differ."""
    losses: dict[str, dict[str, dict[str, float]]] = {}
    for (family, size), rows in errors.groupby(["family", "size"], sort=False):
        losses.setdefault(family, {})[str(size)] = {
            "training": float(rows["training"].mean()),
            "unseen": float(rows["unseen"].mean()),
            "spread": float(np.ptp(rows["unseen"])),
            "training_spread": float(np.ptp(rows["training"])),
        }
    return losses


def _reading(families: dict[str, dict[str, dict[str, float]]]) -> dict[str, Any]:
    shortest, second, *_ = linear = list(families["linear"].values())
    family, size = best_of(families)
    second_family, second_size = second_of(families)
    return {
        "second_gain_percent": gain_percent(shortest["unseen"], second["unseen"]),
        "longest_gain_percent": gain_percent(shortest["unseen"], linear[-1]["unseen"]),
        "best": {"family": family, "size": size, "unseen": families[family][str(size)]["unseen"]},
        "next": {
            "family": second_family,
            "size": second_size,
            "unseen": families[second_family][str(second_size)]["unseen"],
        },
        "spread": max(one["spread"] for family in families.values() for one in family.values()),
    }


def _about_descent(descent: Descent) -> dict[str, Any]:
    w, b, rmse = (float(value) for value in descent.lowest)
    return {
        "w": w,
        "b": b,
        "lowest": rmse,
        "reached": float(descent.path[-1, 2]),
        "steps": len(descent.path) - 1,
        "arrived": descent.arrived,
        "curvature_ratio": descent.ratio,
    }


def _about_curve(curve: pd.DataFrame, pieces: int) -> dict[str, Any]:
    def largest(name: str) -> float:
        # what is left of rounding errors is none of the sum's
        return round(float((curve[name] - curve["curve"]).abs().max()), 9)

    differences = {name: largest(name) for name in ("hard_sigmoids", "relus", "sigmoids")}
    return {"pieces": pieces, **differences}


def curve_table(points: list[list[float]]) -> pd.DataFrame:
    """The curve through the points, three sums that stand for it, and the parts of two of them.

    Columns: x, curve; hard_sigmoids, relus, sigmoids; hard_1, sigmoid_1, hard_2, ...
    """
    constant, pieces = pieces_of(points)
    corners_x, corners_y = np.array(points).T
    room = 0.12 * (corners_x[-1] - corners_x[0])
    x = np.linspace(corners_x[0] - room, corners_x[-1] + room, CURVE_POINTS)
    x = np.union1d(x, corners_x)
    columns = {"x": x, "curve": np.interp(x, corners_x, corners_y)}
    shapes = {"hard_sigmoids": hard_sigmoid, "relus": two_relus, "sigmoids": sigmoid}
    for name, shape in shapes.items():
        columns[name] = constant + sum(shape(piece, x) for piece in pieces)
    for number, piece in enumerate(pieces, start=1):
        columns[f"hard_{number}"] = hard_sigmoid(piece, x)
        columns[f"sigmoid_{number}"] = sigmoid(piece, x)
    return pd.DataFrame(columns)


def _predictions(windows: Windows, models: list[Model], days: int) -> pd.DataFrame:
    """The unseen year's first days: true views and those of the linear models, in thousands."""
    rows = np.flatnonzero(windows.unseen)[:days]
    columns: dict[str, Any] = {
        "date": [windows.dates[row].isoformat() for row in rows],
        "views": windows.in_thousands(windows.y[rows]),
    }
    for model in models:
        if model.family == "linear":
            columns[f"linear_{model.size}"] = windows.in_thousands(model.predictions[0, rows])
    return pd.DataFrame(columns)


def _grid(descent: Descent) -> pd.DataFrame:
    w, b = np.meshgrid(descent.w, descent.b)
    return pd.DataFrame({"w": w.ravel(), "b": b.ravel(), "rmse": descent.rmse.ravel()})


def _path(descent: Descent) -> pd.DataFrame:
    table = pd.DataFrame(descent.path, columns=["w", "b", "rmse"])
    table.insert(0, "step", range(len(table)))
    return table


EXPERIMENT = Experiment("views", ViewsParams, compute, draw, make_page)
