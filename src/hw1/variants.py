"""Shipped variants: named sets of overrides, each run as a DVC experiment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1.core.errors import ParamsError
from hw1.core.sections import flatten, nearest, read_params
from hw1.params.sweep import SWEEP

VARIANTS_FILE = Path("variants.yaml")
NO_VARIANT = frozenset({SWEEP})
"""Sections of params.yaml that no stage reads, and that are no part of what a variant is."""


@dataclass(frozen=True)
class ShippedVariant:
    """A named set of overrides of params.yaml.

    Attributes:
        name: its key in variants.yaml.
        about: one line for a person.
        overrides: values by dotted key.
    """

    name: str
    about: str
    overrides: dict[str, Any]

    def set_params(self) -> list[str]:
        """The overrides as `dvc exp run -S` takes them."""
        return [set_param(key, value) for key, value in self.overrides.items()]


DEFAULT = ShippedVariant("default", "params.yaml as committed", {})


def read_variants(path: Path = VARIANTS_FILE) -> dict[str, ShippedVariant]:
    """Read all shipped variants.

    Raises:
        ParamsError: the file is missing or an entry is not of the form `about`, `set`.
    """
    variants = {}
    for name, entry in read_params(path).items():
        if not isinstance(entry, dict) or set(entry) != {"about", "set"}:
            raise ParamsError(f"{path}: `{name}` must have the keys `about` and `set`")
        variants[str(name)] = ShippedVariant(str(name), str(entry["about"]), dict(entry["set"]))
    return variants


def find_variant(name: str, path: Path = VARIANTS_FILE) -> ShippedVariant:
    """One shipped variant by name.

    Raises:
        ParamsError: there is none of that name; the nearest is named.
    """
    variants = {DEFAULT.name: DEFAULT} | read_variants(path)
    if name not in variants:
        raise ParamsError(f"no variant `{name}` in {path}; {nearest(name, list(variants))}")
    return variants[name]


def flat_variant(content: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a variant by dotted key, of all that params.yaml holds."""
    return dict(flatten({key: of for key, of in content.items() if key not in NO_VARIANT}))


def overridden(content: dict[str, Any], variant: ShippedVariant) -> dict[str, Any]:
    """A copy of params.yaml's content with a variant's overrides applied.

    Raises:
        ParamsError: an override names a key that the content does not have.
    """
    copy: dict[str, Any] = json.loads(json.dumps(content))
    for key, value in variant.overrides.items():
        *sections, last = key.split(".")
        place = copy
        for section in sections:
            place = place.get(section, {})
        if last not in place:
            raise ParamsError(f"{VARIANTS_FILE}: `{variant.name}` sets an unknown key `{key}`")
        place[last] = value
    return copy


def variant_overrides(
    variant: ShippedVariant, committed: dict[str, Any], current: dict[str, Any]
) -> list[str]:
    """What `dvc exp run -S` must set to turn the workspace into a variant.

    `dvc exp run` builds on what stands in params.yaml, be it another variant. A shipped variant
    means its overrides of the committed parameters and of nothing else; only the edition is kept.

    Args:
        variant: the variant.
        committed: params.yaml's content in the last commit.
        current: params.yaml's content in the workspace.
    """
    wanted = overridden(committed, variant)
    if "ingest.edition" not in variant.overrides:
        wanted["ingest"]["edition"] = current["ingest"]["edition"]
    now = flat_variant(current)
    return [
        set_param(key, value)
        for key, value in flat_variant(wanted).items()
        if key not in now or now[key] != value
    ]


def require_known_keys(overrides: list[str], content: dict[str, Any]) -> None:
    """Check that `key=value` overrides name keys of params.yaml.

    Raises:
        ParamsError: one does not; the nearest key is named.
    """
    known = flat_variant(content)
    for override in overrides:
        key = override.partition("=")[0]
        if key not in known:
            raise ParamsError(f"unknown key `{key}`; {nearest(key, list(known), too_many=True)}")


def set_param(key: str, value: Any) -> str:
    """One override, `key=value`, in the notation that DVC hands to Hydra."""
    if isinstance(value, str):
        return f"{key}={value}"
    plain = repr(value) if isinstance(value, float) else json.dumps(value, separators=(",", ":"))
    return f"{key}={plain}"
