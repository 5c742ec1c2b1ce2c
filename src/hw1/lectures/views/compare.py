"""All models on the same days: their loss in training and on the unseen year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from hw1.fitted.base import Floats
from hw1.lectures.views import linear, pieces
from hw1.lectures.views.deep import fit_layers
from hw1.lectures.views.linear import Line
from hw1.lectures.views.params import ViewsParams
from hw1.lectures.views.series import Windows


@dataclass(frozen=True)
class Model:
    """A kind of model, fitted once for every seed.

    Attributes:
        family: `linear`, `sigmoid`, `relu` or `layers`.
        size: past days of a linear model, pieces of a sum, or layers.
        predictions: standardised views, shape [seeds, rows].
    """

    family: str
    size: int
    predictions: Floats


def fit_models(windows: Windows, params: ViewsParams) -> list[Model]:
    """Fit every model that the parameters ask for, in the order of the lecture."""
    models = [
        Model("linear", days, fit_linear(windows, days, params)[None]) for days in params.past_days
    ]
    for kind in get_args(pieces.Kind):
        for k in params.pieces:
            models.append(Model(kind, k, fit_pieces(windows, kind, k, params)))
    for layers in params.layers:
        models.append(Model("layers", layers, _fit_deep(windows, layers, params)))
    return models


def fit_linear(windows: Windows, days: int, params: ViewsParams) -> Floats:
    """Descend from zero with the latest so many days, and predict every row, shape [rows]."""
    x, training = windows.x[:, :days], ~windows.unseen
    descent = params.descent
    line = linear.optimise(
        Line(np.zeros(days), 0.0),
        x[training],
        windows.y[training],
        descent.learning_rate,
        descent.steps,
    )
    return linear.predict(line, x)


def fit_pieces(windows: Windows, kind: pieces.Kind, k: int, params: ViewsParams) -> Floats:
    """Fit sums of pieces, one a seed, and predict every row, shape [seeds, rows]."""
    x, y = windows.x[~windows.unseen], windows.y[~windows.unseen]
    predictions = []
    for seed in range(params.network.seeds):
        start = pieces.start(x.shape[1], k, seed)
        fitted = pieces.optimise(kind, start, x, y, params=params.network, seed=seed)
        predictions.append(pieces.predict(kind, fitted, windows.x))
    return np.array(predictions)


def _fit_deep(windows: Windows, layers: int, params: ViewsParams) -> Floats:
    x, y = windows.x[~windows.unseen], windows.y[~windows.unseen]
    return fit_layers(x, y, layers, params.width, params.network).predict(windows.x)


def errors_of(windows: Windows, models: list[Model]) -> Iterator[dict[str, Any]]:
    """A row for every model and seed: RMSE in thousands of views."""
    for model in models:
        for seed, predicted in enumerate(model.predictions):
            yield {
                "family": model.family,
                "size": model.size,
                "seed": seed,
                "training": windows.rmse(predicted, unseen=False),
                "unseen": windows.rmse(predicted, unseen=True),
            }
