"""Section `batch_size:` of lectures/params.yaml."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from hw1.core.sections import Section
from hw1.lectures.batch_size.budget import BatchSize, epochs_of_updates, rows_of_batch
from hw1.params.train import Count, Fraction, Positive, Rate

Batch = Annotated[BatchSize, Field(union_mode="left_to_right")]
Several = Annotated[int, Field(ge=2, le=64)]
Rates = Annotated[list[Rate], Field(min_length=1)]


class NoiseParams(Section):
    """How the variance of a batch's gradient is measured."""

    draws: Several


class SharpnessParams(Section):
    """The box that the loss around a minimum is sampled in."""

    width: Positive
    draws: Several


class RemediesParams(Section):
    """What is tried to make large batches as good as small ones."""

    batch_sizes: Annotated[list[Count], Field(min_length=1)]
    epochs: Count
    warmup_epochs: Annotated[int, Field(ge=1)]
    lars_rates: Rates
    lamb_rates: Rates

    @model_validator(mode="after")
    def _warm_up_ends(self) -> Self:
        if self.warmup_epochs >= self.epochs:
            raise ValueError("`warmup_epochs` must be fewer than `epochs`")
        return self


class BatchSizeParams(Section):
    """Which batch sizes are compared, on what, for how long."""

    features: dict[str, Any]
    train: dict[str, Any]
    rows: Annotated[int, Field(ge=2)]
    batch_sizes: Annotated[list[BatchSize], Field(min_length=2)]
    small: Count
    large: Count
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    seeds: Several
    epochs: Count
    updates: Count
    learning_rate: Rate
    momentum: Fraction
    rate_factors: Rates
    noise: NoiseParams
    sharpness: SharpnessParams
    remedies: RemediesParams

    @field_validator("batch_sizes")
    @classmethod
    def _sizes_are_sizes(cls, sizes: list[BatchSize]) -> list[BatchSize]:
        if any(size != "full" and size < 1 for size in sizes):
            raise ValueError("a batch has 1 row or more")
        return sizes

    @model_validator(mode="after")
    def _batches_fit(self) -> Self:
        for batch in [*self.batch_sizes, self.small, self.large, *self.remedies.batch_sizes]:
            epochs_of_updates(batch, self.rows, self.updates)
        told = [rows_of_batch(batch, self.rows) for batch in self.batch_sizes]
        if sorted(set(told)) != told:
            raise ValueError("`batch_sizes` must ascend")
        if self.small not in told or self.large not in told or self.small >= self.large:
            raise ValueError("`small` and `large` must be two of `batch_sizes`, in this order")
        return self
