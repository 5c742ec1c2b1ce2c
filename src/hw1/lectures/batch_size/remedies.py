"""What makes large batches as good as small ones, if anything does."""

from __future__ import annotations

from typing import Any, Literal

from hw1.lectures.batch_size.descent import train_layerwise
from hw1.lectures.batch_size.ground import Ground
from hw1.lectures.batch_size.layerwise import LayerwiseName
from hw1.lectures.batch_size.params import BatchSizeParams
from hw1.lectures.batch_size.runs import (
    Runs,
    best_of,
    candidate_rates,
    members_of,
    split_by_rate,
    train_plain,
)

Remedy = Literal["plain", "scaled", "tuned", "lars", "lamb"]
REMEDIES: tuple[Remedy, ...] = ("plain", "scaled", "tuned", "lars", "lamb")

# a step scaled to its layer never gets short by itself: the papers let the rate fall, and so does
# everything that stands beside them here
FALLING = {"name": "cosine"}


def run_remedies(params: BatchSizeParams, ground: Ground) -> tuple[Runs, list[dict[Remedy, Runs]]]:
    """Train with large batches in several ways, all for the same epochs as the small ones.

    Returns:
        The small batches at the rate that is best for them, and for every large size by name:
        `plain` at that rate, `scaled` by the linear rule with a warm-up (Goyal et al. 2017,
        arXiv:1706.02677), `tuned` at a rate of its own, and LARS and LAMB with a warm-up, each at
        the best of its rates.
    """
    epochs, small = params.remedies.epochs, params.small

    def plainly(batch: int, rates: list[float], schedule: dict[str, Any]) -> Runs:
        runs = train_plain(params, ground, batch, epochs=epochs, rates=rates, schedule=schedule)
        return best_of(runs)

    reference = plainly(small, candidate_rates(params, small), FALLING)
    rate = reference.learning_rate
    warm = FALLING | {"warmup_epochs": params.remedies.warmup_epochs}
    found: list[dict[Remedy, Runs]] = [
        {
            "plain": plainly(batch, [rate], FALLING),
            "scaled": plainly(batch, [rate * batch / small], warm),
            "tuned": plainly(batch, candidate_rates(params, batch), FALLING),
            "lars": _layerwise("lars", params, ground, batch, warm),
            "lamb": _layerwise("lamb", params, ground, batch, warm),
        }
        for batch in params.remedies.batch_sizes
    ]
    return reference, found


def _layerwise(
    rule: LayerwiseName,
    params: BatchSizeParams,
    ground: Ground,
    batch: int,
    schedule: dict[str, Any],
) -> Runs:
    remedies = params.remedies
    rates = remedies.lars_rates if rule == "lars" else remedies.lamb_rates
    used = ground.params.model_copy(
        update={
            "epochs": remedies.epochs,
            "batch_size": batch,
            "schedule": ground.params.schedule.model_copy(update=schedule),
        }
    )
    members = members_of(params, rates)
    learnt = train_layerwise(rule, ground.architecture, used, members, ground.rows)
    epochs = remedies.epochs
    return best_of(split_by_rate(params, ground, batch, learnt, epochs=epochs, rates=rates))
