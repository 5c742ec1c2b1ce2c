"""Parameters of the features stage: which columns are built, chosen and how they are scaled."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hw1.core.sections import Section

Transform = Literal["none", "arcsine_sqrt"]
Selection = Literal["all", "manual", "correlation", "f_regression", "mutual_info", "lasso", "rfe"]
TargetKind = Literal["level", "change"]
Pairs = Literal["last", "within", "with_test"]


class FeaturesParams(Section):
    """Section `features:` of params.yaml."""

    transform: Transform
    days: Annotated[int, Field(ge=0)] | Literal["all"]
    differences: Annotated[int, Field(ge=0)] | Literal["all"]
    last_day: bool
    linked_days: Annotated[int, Field(ge=0)] | Literal["all"]
    states: bool
    pairs: Pairs
    standardise: bool
    clip: Annotated[float, Field(gt=0)] | None
    selection: Selection
    names: list[str]
    k: Annotated[int, Field(ge=1)] | None
    threshold: Annotated[float, Field(ge=0)] | None
    score_target: TargetKind
    seed: Annotated[int, Field(ge=0, lt=2**32)]

    @model_validator(mode="after")
    def _something_is_built(self) -> Self:
        if self.days == 0 and self.differences == 0 and not self.states:
            raise ValueError("no features: set `days`, `differences` or `states`")
        if self.selection == "manual" and not self.names:
            raise ValueError("selection `manual` needs `names`, a list of names or globs")
        if self.selection == "rfe" and self.k is None:
            raise ValueError("selection `rfe` needs `k`, the number of features to keep")
        ranked = self.selection in {"correlation", "f_regression", "mutual_info"}
        if ranked and self.k is None and self.threshold is None:
            raise ValueError(f"selection `{self.selection}` needs `k` or `threshold`")
        return self
