"""The keys of params.yaml that can be searched, and what kind of value each holds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from hw1.core.sections import Section, key_paths
from hw1.sweep.space import SECTIONS

NOT_SEARCHED = {
    "train.task": "errors of different tasks cannot be compared",
    "train.rise": "errors of different thresholds cannot be compared",
    "train.seeds": "every trial has `sweep.seeds` members, as more of them are always better",
    "train.refit": "it says what is submitted, and no validation error depends on it",
    "train.threads": "it changes how fast a fit is, not how good",
    "train.device": "it changes how fast a fit is, not how good",
}
"""Keys of the sections that may not be searched, and why."""


def leaf_types() -> dict[str, Any]:
    """Types by dotted key, of the keys that hold a value and no keys of their own."""
    return dict(_leaves_of(SECTIONS))


def _leaves_of(models: Mapping[str, type[Section]], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for section, model in models.items():
        for name, field in model.model_fields.items():
            inner = field.annotation
            if isinstance(inner, type) and issubclass(inner, Section):
                yield from _leaves_of({name: inner}, f"{prefix}{section}.")
            else:
                yield f"{prefix}{section}.{name}", inner


def number_types(annotation: Any) -> set[type]:
    """Which of int and float a key of this type may be."""
    origin = get_origin(annotation)
    if annotation in (int, float):
        return {annotation}
    if origin in (Union, UnionType):
        return set().union(*(number_types(choice) for choice in get_args(annotation)))
    if origin is not None and hasattr(annotation, "__metadata__"):  # Annotated
        return number_types(get_args(annotation)[0])
    return set()


def unknown(key: str, known: list[str]) -> str:
    """Why a key is none that holds a value, and the nearest that does."""
    if key in {path for name, model in SECTIONS.items() for path in key_paths(model, name)}:
        return f"`{key}` holds keys of its own; search those"
    section = key.partition(".")[0]
    if section not in SECTIONS:
        return f"`{key}` is in none of the sections {', '.join(SECTIONS)}, which can be searched"
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    last = key.rpartition(".")[2]
    by_last = {each.rpartition(".")[2]: each for each in reversed(known)}
    if last in by_last:
        close = [by_last[last]]
    hint = f"; did you mean `{close[0]}`?" if close else f"; `{section}:` has them all"
    return f"unknown key `{key}`{hint}"
