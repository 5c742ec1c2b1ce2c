"""YAML as DVC writes it: the plain types of YAML 1.2, read ten times as fast as by Python alone.

PyYAML's own loaders read YAML 1.1, where `1e-05` is text and `no` is false.
"""

import re
from typing import Any, ClassVar

import yaml


class _CoreLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader with the types of YAML 1.2's core schema."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}


for _type, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.")),
):
    _CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_type}", re.compile(f"^({_pattern})$"), _first
    )


def load_yaml(text: str) -> Any:
    """Read plain data; nothing else can be made by it.

    Raises:
        yaml.YAMLError: the text is not YAML, or holds more than plain data.
    """
    loader = _CoreLoader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
