"""The experiment as a whole: trainings, what they are measured by, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass

from hw1.lectures.batch_size.curvature import (
    GradientNoise,
    Sharpness,
    first_weights,
    noise_of_seeds,
    sharpness_of,
)
from hw1.lectures.batch_size.ground import Ground
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.lectures.batch_size.remedies import Remedy, run_remedies
from hw1.lectures.batch_size.runs import Runs, View, run_all


@dataclass(frozen=True)
class Results:
    """All that was trained and measured.

    Attributes:
        views: runs by view, one entry a batch size.
        sharpness: of each of them.
        noise: of the gradient, where every seed begins and where it ends with batches of `small`
            after the same epochs.
        reference: small batches beside which the remedies stand.
        remedies: by name, one entry a large size.
    """

    views: dict[View, list[Runs]]
    sharpness: dict[View, list[Sharpness]]
    noise: dict[str, GradientNoise]
    reference: Runs
    remedies: list[dict[Remedy, Runs]]


def run(params: BatchSizeParams, ground: Ground) -> Results:
    """Train and measure everything."""
    views = run_all(params, ground)
    (small,) = (one for one in views["same_epochs"] if one.batch == params.small)
    reference, remedies = run_remedies(params, ground)
    return Results(
        views=views,
        sharpness={
            view: [sharpness_of(params.sharpness, ground, one) for one in runs]
            for view, runs in views.items()
        },
        noise={
            "start": noise_of_seeds(params, ground, first_weights(params, ground.architecture)),
            "end": noise_of_seeds(params, ground, small.parameters.flat),
        },
        reference=reference,
        remedies=remedies,
    )
