"""Parameters of the ingest stage: which edition, and how rows are split."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from hw1.core.sections import Section
from hw1.core.survey import Link

EDITION_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
"""What may name an edition, and so a folder of data/raw/."""

SplitMethod = Literal["forward", "rolling", "blocks", "state", "random", "prevalence"]
LEAKING: frozenset[SplitMethod] = frozenset({"random"})
"""Methods whose held-out days also stand in training rows; labelled wherever a score is shown."""

Implausible = Literal["fractions", "columns", "days", "overlap", "other_edition", "solution"]
"""What `hw1.ingest.plausible` may find in data, and `ingest.accept` may go on with."""


def _name(value: Any) -> Any:
    """Take `-S ingest.edition=2022`, which YAML reads as a number, for the name it is."""
    return str(value) if type(value) is int else value


EditionName = Annotated[str, BeforeValidator(_name), Field(pattern=EDITION_PATTERN)]


class SplitParams(Section):
    """How training rows are divided into folds of training and validation rows."""

    method: SplitMethod
    fraction: Annotated[float, Field(gt=0, lt=1)]
    folds: Annotated[int, Field(ge=2, le=50)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]


class IngestParams(Section):
    """Section `ingest:` of params.yaml."""

    edition: EditionName
    link: Link
    accept: list[Implausible]
    split: SplitParams
