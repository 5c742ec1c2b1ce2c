"""Parameters of the experiment `views`."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from hw1.core.sections import Section
from hw1.params.train import Count, Rate

Year = Annotated[int, Field(ge=1900, le=2200)]
SeveralCounts = Annotated[list[Count], Field(min_length=2)]  # to compare
Point = Annotated[list[float], Field(min_length=2, max_length=2)]


class SimulatedParams(Section):
    """The simulated channel."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    first_year: Year


class DescentParams(Section):
    """Gradient descent on all training days at once, for the linear models."""

    steps: Count
    learning_rate: Rate


class NetworkParams(Section):
    """Adam on batches, for everything that is not linear."""

    epochs: Count
    batch_size: Count
    learning_rate: Rate
    seeds: Annotated[int, Field(ge=1, le=100)]


class SurfaceParams(Section):
    """The path that is drawn on the loss surface."""

    w: float
    b: float
    steps: Count
    share: Annotated[float, Field(gt=0, lt=1)]


class ViewsParams(Section):
    """Section `views:` of lectures/params.yaml."""

    csv: Annotated[str, Field(pattern=r"^[^/\\]+\.csv$")] | None
    simulated: SimulatedParams
    unseen_year: Year
    past_days: SeveralCounts
    pieces: SeveralCounts
    layers: SeveralCounts
    width: Count
    descent: DescentParams
    network: NetworkParams
    surface: SurfaceParams
    curve: Annotated[list[Point], Field(min_length=2)]
    weeks: Annotated[int, Field(ge=1, le=52)]

    @field_validator("past_days", "pieces", "layers")
    @classmethod
    def _ascend(cls, values: list[int]) -> list[int]:
        if any(first >= second for first, second in pairwise(values)):
            raise ValueError("give each number once, the smallest first")
        return values

    @field_validator("curve")
    @classmethod
    def _goes_right(cls, points: list[list[float]]) -> list[list[float]]:
        if any(first[0] >= second[0] for first, second in pairwise(points)):
            raise ValueError("give the points from left to right, no two above each other")
        return points

    @model_validator(mode="after")
    def _something_to_learn_from(self) -> Self:
        if self.csv is None and self.simulated.first_year >= self.unseen_year:
            raise ValueError("`simulated.first_year` must come before `unseen_year`")
        return self
