"""The variant to diagnose: parameters of the main pipeline with overrides by dotted key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hw1.core.errors import ParamsError
from hw1.core.sections import check_section, flatten, nearest
from hw1.params.features import FeaturesParams
from hw1.params.ingest import IngestParams
from hw1.params.train import BY_GRADIENT, TrainParams, require_regression
from hw1.variants import DEFAULT, VARIANTS_FILE, ShippedVariant, find_variant, overridden

USED = ("ingest", "features", "train")
"""Sections that a diagnosis looks at."""


@dataclass(frozen=True)
class Variant:
    """Parameters, typed and as they stand in params.yaml.

    Attributes:
        name: its name in variants.yaml, or `default`.
        content: sections `ingest`, `features` and `train`, plain.
        ingest: section `ingest:`.
        features: section `features:`.
        train: section `train:`.
    """

    name: str
    content: dict[str, Any]
    ingest: IngestParams
    features: FeaturesParams
    train: TrainParams

    @property
    def by_gradient(self) -> bool:
        """Whether it is one network, or a linear model, fitted by gradient descent."""
        return self.train.model in BY_GRADIENT

    @property
    def hidden(self) -> tuple[int, ...]:
        """Widths of the hidden layers; none of a model that has none."""
        return tuple(self.train.hidden) if self.train.model == "mlp" else ()

    def value(self, key: str) -> Any:
        """What a dotted key holds."""
        return dict(flatten(self.content))[key]

    def changed(self, overrides: Mapping[str, Any]) -> Variant:
        """The same with some keys set.

        Raises:
            ParamsError: a key is unknown, or a value is not valid.
        """
        return make_variant(self.name, self.content, overrides)

    def different(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """Those overrides that change something."""
        values = dict(flatten(self.content))
        return {key: value for key, value in overrides.items() if values.get(key) != value}


def make_variant(name: str, content: Mapping[str, Any], overrides: Mapping[str, Any]) -> Variant:
    """Set keys and check the sections.

    Args:
        name: what to call it.
        content: params.yaml's content; sections that are not used may be missing.
        overrides: values by dotted key.

    Raises:
        ParamsError: a key is unknown or belongs to a section that is not used, or a value is not
            valid; windows are linked; or the task is no regression.
    """
    used = {section: content[section] for section in USED if section in content}
    _check_keys(used, overrides)
    changed = overridden(used, ShippedVariant(name, "", dict(overrides)))
    ingest = check_section("ingest", changed["ingest"], IngestParams)
    if ingest.link != "none":
        raise ParamsError(
            "a diagnosis compares forecasts, and linked windows are none; set `ingest.link: none`"
        )
    train = check_section("train", changed["train"], TrainParams)
    require_regression(train, "a diagnosis")
    features = check_section("features", changed["features"], FeaturesParams)
    return Variant(name, changed, ingest, features, train)


def choose_variant(
    name: str,
    content: Mapping[str, Any],
    overrides: Mapping[str, Any],
    path: Path = VARIANTS_FILE,
) -> Variant:
    """A shipped variant with further overrides.

    Args:
        name: `default` or a name of variants.yaml.
        content: params.yaml's content.
        overrides: values by dotted key, on top of the variant's own.
        path: variants.yaml.

    Raises:
        ParamsError: there is no such variant; or see `make_variant`.
    """
    own = DEFAULT.overrides if name == DEFAULT.name else find_variant(name, path).overrides
    used = {key: value for key, value in own.items() if key.split(".")[0] in USED}
    base = make_variant(name, content, used)
    return replace(base.changed(overrides), name=name)


def _check_keys(content: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
    known = [key for key, _ in flatten(dict(content))]
    for key in overrides:
        if key not in known:
            raise ParamsError(f"unknown key `{key}`; {nearest(key, known, too_many=True)}")
