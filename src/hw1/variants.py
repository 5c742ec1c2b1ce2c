"""Shipped variants: named sets of overrides, each run as a DVC experiment."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1.errors import ParamsError
from hw1.params.base import nearest, read_params

VARIANTS_FILE = Path("variants.yaml")


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
        return [f"{key}={_hydra(value)}" for key, value in self.overrides.items()]


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
    variants = read_variants(path)
    if name not in variants:
        raise ParamsError(f"no variant `{name}` in {path}; {nearest(name, list(variants))}")
    return variants[name]


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


def _hydra(value: Any) -> str:
    """A value in the notation that DVC hands to Hydra."""
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, separators=(",", ":")) if not isinstance(value, str) else value
