"""What the main pipeline is asked to do: its sections with overrides, and the command for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hw1.core.sections import check_section, flatten
from hw1.params.evaluate import EvaluateParams
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.train import TrainParams
from hw1.variants import ShippedVariant, overridden, set_param

HERE_ONLY = ("train.device",)
"""Keys that keep the experiment's bytes the same on every machine; nobody needs to set them."""


@dataclass(frozen=True)
class Recipe:
    """Sections of params.yaml, typed.

    Attributes:
        ingest: section `ingest:`.
        features: section `features:`.
        train: section `train:`.
        evaluate: section `evaluate:`.
        command: what does the same in the main pipeline.
    """

    ingest: IngestParams
    features: FeaturesParams
    train: TrainParams
    evaluate: EvaluateParams
    command: str


def make_recipe(content: Mapping[str, Any], overrides: Mapping[str, Any]) -> Recipe:
    """Set keys of params.yaml and check the sections.

    Args:
        content: params.yaml's content.
        overrides: values by dotted key.

    Raises:
        ParamsError: a key is unknown, or a value is not valid.
    """
    changed = overridden(dict(content), ShippedVariant("tasks", "", dict(overrides)))
    return Recipe(
        check_section("ingest", changed["ingest"], IngestParams),
        check_section("features", changed["features"], FeaturesParams),
        check_section("train", changed["train"], TrainParams),
        check_section("evaluate", changed["evaluate"], EvaluateParams),
        _command(content, overrides),
    )


def _command(content: Mapping[str, Any], overrides: Mapping[str, Any]) -> str:
    """Those overrides that change something, as DVC takes them."""
    now = dict(flatten(dict(content)))
    words = [
        f"-S {set_param(key, value)}"
        for key, value in overrides.items()
        if key not in HERE_ONLY and now[key] != value
    ]
    return " ".join(["dvc exp run", *words])
