"""Parameters of the evaluate stage: intervals and breakdowns."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from hw1.core.sections import Section
from hw1.params.ingest import SplitMethod


class GateParams(Section):
    """The prevalence gate: what a model does above the levels that it was trained on."""

    fraction: Annotated[float, Field(gt=0, lt=1)]
    tolerance: Annotated[float, Field(ge=1)]


class EvaluateParams(Section):
    """Section `evaluate:` of params.yaml."""

    bootstrap: Annotated[int, Field(ge=100, le=100_000)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    levels: Annotated[int, Field(ge=2, le=20)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    schemes: list[SplitMethod]
    gate: GateParams

    @model_validator(mode="after")
    def _schemes_differ(self) -> Self:
        if len(set(self.schemes)) < len(self.schemes):
            raise ValueError("`schemes` names a split twice")
        return self
