"""Parameters of the submit stage: post-processing of predictions."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from hw1.core.sections import Section

Percent = Annotated[float, Field(ge=0, le=100)]


class SubmitParams(Section):
    """Section `submit:` of params.yaml."""

    lowest: Percent
    highest: Percent

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("`lowest` must be below `highest`")
        return self
