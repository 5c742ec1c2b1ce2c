"""Models that are stored inside something larger: the folds of a file, the parts of a blend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hw1.fitted.base import Array, Fitted, part, require

Kinds = Mapping[str, type[Fitted]]


def described(model: Fitted) -> dict[str, Any]:
    """What a model is, without its arrays, ready for JSON."""
    return {"kind": model.kind, "settings": model.settings()}


def nested_arrays(models: Mapping[str, Fitted]) -> dict[str, Array]:
    """The arrays of all models: `weights` of model `0` becomes `0/weights`."""
    return {
        f"{prefix}/{name}": array
        for prefix, model in models.items()
        for name, array in model.arrays().items()
    }


def rebuilt(kinds: Kinds, description: Any, arrays: Mapping[str, Array], prefix: str) -> Fitted:
    """Rebuild one model of several.

    Args:
        kinds: the kinds that may stand here, by name.
        description: what `described` gave.
        arrays: what `nested_arrays` gave.
        prefix: the model's name in there.

    Raises:
        DataError: parts are missing, do not fit together or are of an unknown kind.
    """
    require(isinstance(description, dict), f"`{prefix}` is {description!r}")
    kind, settings = part(description, "kind"), part(description, "settings")
    require(isinstance(kind, str) and kind in kinds, f"unknown kind {kind!r}")
    require(isinstance(settings, dict), f"`settings` is {settings!r}")
    start = f"{prefix}/"
    own = {
        name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)
    }
    return kinds[kind].from_parts(settings, own)
