"""Parameters of the experiment `diagnose`."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from hw1.core.sections import Section

Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]


class LadderParams(Section):
    """The models that a variant is compared with.

    Attributes:
        recipe: parameters of the pipeline, by dotted key, with which each of them is trained.
        widths: of the deepest one's hidden layers; a variant's own widths take their place.
        middle: hidden layers of the one that is also tried with other features and penalties.
        fewer: share of the variant's features that are kept where they are fewer.
        more: what makes them more, by dotted key.
        weight_decay: of those that decay.
        dropout: of those that drop out.
    """

    recipe: dict[str, Any]
    widths: Annotated[list[Count], Field(min_length=1)]
    middle: Count
    fewer: Share
    more: dict[str, Any]
    weight_decay: Annotated[float, Field(gt=0)]
    dropout: Share

    @model_validator(mode="after")
    def _middle_is_on_the_ladder(self) -> Self:
        if self.middle > len(self.widths):
            raise ValueError(f"`middle: {self.middle}` needs as many `widths`")
        return self


class HoldingParams(Section):
    """Which rows are held out.

    Attributes:
        blocks: contiguous blocks of every chain, held out in turn.
        later: share of every chain, its last days, that is held out to look ahead in time.
    """

    blocks: Annotated[int, Field(ge=2, le=50)]
    later: Share


class ApartParams(Section):
    """The classifiers that tell test windows from training windows.

    Attributes:
        groups: groups of states, each classified by what is learnt on the others.
        penalty: inverse strength of the logistic regression's L2 penalty.
        trees: of the forest.
        depth: of its trees.
        shuffles: how often a feature is shuffled to see what the classifier loses.
    """

    groups: Annotated[int, Field(ge=2)]
    penalty: Annotated[float, Field(gt=0)]
    trees: Count
    depth: Count
    shuffles: Count


class ThresholdParams(Section):
    """What counts as more than noise.

    Attributes:
        noise: losses differ if it is by this many standard errors over seeds.
        tolerance: and by at least this share of persistence's loss.
        later: skill that may be lost on later days or on rows like test rows.
        apart: area under the curve above which inputs have too little in common.
        fewest: rows that must look like test rows, as an effective number, to ask about them.
    """

    noise: Annotated[float, Field(ge=0)]
    tolerance: Annotated[float, Field(ge=0)]
    later: Annotated[float, Field(gt=0)]
    apart: Annotated[float, Field(gt=0.5, le=1)]
    fewest: Annotated[float, Field(ge=1)]


class DiagnoseParams(Section):
    """Section `diagnose:` of lectures/params.yaml."""

    variant: str
    overrides: dict[str, Any]
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    seeds: Annotated[int, Field(ge=2, le=1024)]
    ladder: LadderParams
    holding: HoldingParams
    apart: ApartParams
    thresholds: ThresholdParams
