"""Parameters of the evaluate stage: intervals and breakdowns."""

from typing import Annotated

from pydantic import Field

from hw1.params.base import Section


class EvaluateParams(Section):
    """Section `evaluate:` of params.yaml."""

    bootstrap: Annotated[int, Field(ge=100, le=100_000)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    levels: Annotated[int, Field(ge=2, le=20)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
