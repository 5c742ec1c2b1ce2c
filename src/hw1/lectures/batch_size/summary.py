"""The experiment's numbers as they are written: metrics and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from hw1.fitted.base import Floats
from hw1.lectures.batch_size.curvature import GradientNoise
from hw1.lectures.batch_size.experiment import Results
from hw1.lectures.batch_size.ground import Ground
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.lectures.batch_size.runs import Runs, View, seeds_of
from hw1.lectures.batch_size.statistics import correct, paired, spread

SIGNIFICANT = 0.05
# below it the page does not tell how small a p-value is
SMALLEST_P = 0.001


def metrics_of(params: BatchSizeParams, ground: Ground, results: Results) -> dict[str, Any]:
    """Everything that the page tells; errors in squared percentage points.

    Means and deviations are over seeds; `compared` is the large batches' held-out error minus the
    small ones', seed by seed, and `behind` the same of other sizes. All p-values are corrected
    together.
    """
    told = {
        "device": ground.params.device,
        "hidden": list(ground.architecture.hidden),
        "rows": params.rows,
        "choosing_rows": len(ground.choosing.target),
        "held_out_rows": len(ground.held_out.target),
        "parameters": int(results.reference.parameters.flat.shape[1]),
        "seeds": params.seeds,
        "epochs": params.epochs,
        "updates": params.updates,
        "learning_rate": params.learning_rate,
        "momentum": params.momentum,
        "small": params.small,
        "large": params.large,
        "views": {
            view: {
                str(one.batch): _described(one)
                | {"sharpness": spread(sharp.eigenvalue), "rise": spread(sharp.rise)}
                | _behind(params, view, runs, one)
                for one, sharp in zip(runs, results.sharpness[view], strict=True)
            }
            for view, runs in results.views.items()
        },
        "significant": SIGNIFICANT,
        "smallest_p": SMALLEST_P,
        "compared": {view: compared(params, results, view) for view in results.views},
        "width": params.sharpness.width,
        "sharpness_draws": params.sharpness.draws,
        "noise_draws": params.noise.draws,
        "noise": {
            where: {
                "scale": float(np.median(noise.scale)),
                "variance": spread(noise.variance),
                "square": spread(noise.square),
            }
            for where, noise in results.noise.items()
        },
        "remedies": _remedies(params, results),
    }
    return told | {"tests": correct(list(_tests(told)))}


def _tests(told: Any) -> Iterator[dict[str, Any]]:
    """Every test among nested metrics."""
    if isinstance(told, dict):
        if "p" in told:
            yield told
        for value in told.values():
            yield from _tests(value)


def compared(params: BatchSizeParams, results: Results, view: View) -> dict[str, Any]:
    """The large batches beside the small ones, after one way to spend the same."""
    runs = {one.batch: one for one in results.views[view]}
    sharp = {
        one.batch: sharpness
        for one, sharpness in zip(results.views[view], results.sharpness[view], strict=True)
    }
    small, large = params.small, params.large
    return {
        "held_out": paired(runs[small].errors.held_out, runs[large].errors.held_out),
        "train": paired(runs[small].errors.train, runs[large].errors.train),
        "gap": paired(_gap(runs[small]), _gap(runs[large])),
        "sharpness": paired(sharp[small].eigenvalue, sharp[large].eigenvalue),
    }


def _behind(params: BatchSizeParams, view: View, runs: list[Runs], one: Runs) -> dict[str, Any]:
    """How much higher the held-out error is than that of batches of `small`, seed by seed.

    Nothing where the page does not tell it, as every test makes it harder for the others to count.
    """
    if view != "own_rate" or one.batch in (params.small, params.large):
        return {}
    (small,) = (other for other in runs if other.batch == params.small)
    return {"behind": paired(small.errors.held_out, one.errors.held_out)}


def _described(runs: Runs) -> dict[str, Any]:
    errors = runs.errors
    return {
        "learning_rate": runs.learning_rate,
        "epochs": runs.epochs,
        "updates": runs.updates,
        "diverged": runs.diverged,
        "train": spread(errors.train),
        "held_out": spread(errors.held_out),
        "gap": spread(_gap(runs)),
        "edge": runs.edge,
    }


def _gap(runs: Runs) -> Floats:
    return runs.errors.held_out - runs.errors.train


def _remedies(params: BatchSizeParams, results: Results) -> dict[str, Any]:
    reference = results.reference
    return {
        "epochs": params.remedies.epochs,
        "warmup_epochs": params.remedies.warmup_epochs,
        "reference": _described(reference),
        "large": {
            str(batch): {
                name: _described(runs)
                | {"behind": paired(reference.errors.held_out, runs.errors.held_out)}
                for name, runs in several.items()
            }
            for batch, several in zip(params.remedies.batch_sizes, results.remedies, strict=True)
        },
    }


def runs_table(params: BatchSizeParams, results: Results) -> pd.DataFrame:
    """One row a view, batch size and seed; empty cells of seeds that ran away."""
    rows: list[dict[str, Any]] = []
    for view, runs in results.views.items():
        for one, sharp in zip(runs, results.sharpness[view], strict=True):
            columns = {"sharpness": sharp.eigenvalue, "rise_percent": sharp.rise}
            rows += _by_seed(params, {"view": view}, one, columns)
    return pd.DataFrame(rows)


def remedies_table(params: BatchSizeParams, results: Results) -> pd.DataFrame:
    """One row a remedy, batch size and seed; the small batches are called `reference`."""
    rows = list(_by_seed(params, {"remedy": "reference"}, results.reference, {}))
    for several in results.remedies:
        for name, runs in several.items():
            rows += _by_seed(params, {"remedy": name}, runs, {})
    return pd.DataFrame(rows)


def _by_seed(
    params: BatchSizeParams, what: dict[str, str], runs: Runs, columns: dict[str, Floats]
) -> Iterator[dict[str, Any]]:
    for position, seed in enumerate(seeds_of(params)):
        yield {
            **what,
            "batch_size": runs.batch,
            "seed": seed,
            "learning_rate": runs.learning_rate,
            "epochs": runs.epochs,
            "updates": runs.updates,
            "train_mse": runs.errors.train[position],
            "held_out_mse": runs.errors.held_out[position],
            **{name: values[position] for name, values in columns.items()},
        }


def noise_table(results: Results) -> pd.DataFrame:
    """One row a batch size and place: means over seeds of the gradient's variance and square."""
    sizes = [one.batch for one in results.views["same_epochs"]]
    return pd.DataFrame(
        [row for where, noise in results.noise.items() for row in _noise_rows(where, sizes, noise)]
    )


def _noise_rows(where: str, sizes: list[int], noise: GradientNoise) -> Iterator[dict[str, Any]]:
    for position, size in enumerate(sizes):
        yield {
            "where": where,
            "batch_size": size,
            "predicted": noise.predicted[position].mean(),
            # all rows together stray by rounding only
            "measured": noise.measured[position].mean() if noise.predicted[position].any() else 0.0,
            "square": noise.square.mean(),
        }
