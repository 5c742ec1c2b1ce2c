"""What a variant is called: the shipped variant it is, and what it changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hw1.core.sections import flatten
from hw1.variants import DEFAULT, ShippedVariant, overridden

# names that DVC makes up: an adjective of five letters, a noun of four
GENERATED = re.compile(r"[a-z]{5}-[a-z]{4}(-\d+)?|exp-[0-9a-f]{5}")
NO_IDEA = frozenset({"ingest.edition"})  # an edition is an experiment of its own in MLflow
LONGEST = 90
SHORTEST_WORD = 3


def given_name(experiment: str | None) -> str | None:
    """An experiment's name if a person chose it; DVC's own say nothing."""
    if experiment is None or GENERATED.fullmatch(experiment):
        return None
    return experiment


def differences(parameters: Mapping[str, Any], default: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Parameters that differ from the default's, by dotted key, without the edition."""
    return [
        (key, value)
        for key, value in sorted(parameters.items())
        if key not in NO_IDEA and (key not in default or default[key] != value)
    ]


def describe(
    parameters: Mapping[str, Any],
    committed: Mapping[str, Any],
    shipped: Sequence[ShippedVariant] = (),
) -> str:
    """Name a variant by what differs from the default: `lasso`, `features.k=16, optimizer=sgd`.

    Args:
        parameters: its parameters by dotted key.
        committed: the default's parameters, nested as in params.yaml.
        shipped: named variants; the one that leaves least to tell is named first.
    """
    best = (DEFAULT, differences(parameters, dict(flatten(dict(committed)))))
    for variant in shipped:
        content = dict(flatten(overridden(dict(committed), variant)))
        left = differences(parameters, content)
        if len(left) < len(best[1]):
            best = (variant, left)
    variant, left = best
    told = [f"{short_key(key, list(parameters))}={_plain(value)}" for key, value in left]
    if variant is not DEFAULT or not told:
        told.insert(0, variant.name)
    return _cut(told)


def short_key(key: str, keys: Sequence[str]) -> str:
    """The shortest end of a dotted key that no other key shares and that says something."""
    words = key.removesuffix(".name").split(".")
    ends = [".".join(words[start:]) for start in range(len(words) - 1, -1, -1)]
    others = [other.removesuffix(".name") for other in keys if other != key]
    for end in ends:
        shared = any(other == end or other.endswith(f".{end}") for other in others)
        if not shared and len(end) >= SHORTEST_WORD:
            return end
    return key


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _cut(told: list[str]) -> str:
    kept = told[:1]
    for part in told[1:]:
        if len(", ".join([*kept, part])) > LONGEST:
            return f"{', '.join(kept)} and {len(told) - len(kept)} more"
        kept.append(part)
    return ", ".join(kept)
