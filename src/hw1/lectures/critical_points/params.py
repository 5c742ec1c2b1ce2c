"""Parameters of the experiment `critical_points`."""

from typing import Annotated, Literal

from pydantic import Field

from hw1.core.sections import Section
from hw1.params.train import Count, Penalty, Positive, Rate

Smooth = Literal["tanh", "sigmoid", "gelu", "silu"]
"""Activations with second derivatives. A ReLU bends only at its kink, which almost no row hits
exactly: its Hessian is blind to what happens when rows cross kinks."""
Epochs = Annotated[list[Count], Field(min_length=1)]
Widths = Annotated[list[Count], Field(min_length=1)]


class SearchParams(Section):
    """How critical points are looked for, and what counts as one."""

    steps: Count
    reach: Positive
    stop: Positive
    gradient: Positive
    distance: Positive


class LanczosParams(Section):
    """How Hessians are looked at that are too large to be written down."""

    exact_up_to: Count
    steps: Annotated[int, Field(ge=2)]
    starts: Annotated[int, Field(ge=2)]


class CriticalPointsParams(Section):
    """Section `critical_points:` of lectures/params.yaml."""

    features: Count
    target: Literal["level", "change"]
    rows: Annotated[int, Field(ge=2)]
    activation: Smooth
    l2_loss: Penalty
    hidden: Annotated[list[Widths], Field(min_length=1)]
    seeds: Count
    learning_rate: Rate
    epochs: Epochs
    search: SearchParams
    large: list[Widths]
    lanczos: LanczosParams
