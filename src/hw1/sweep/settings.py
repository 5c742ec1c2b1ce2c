"""What the results of a search depend on, so that it goes on only where that is the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hw1.core.errors import ParamsError
from hw1.core.sections import flatten
from hw1.params.sweep import SWEEP, SweepParams

NO_MATTER = {"trials": 1, "best": 1, "unseen": "forward"}
"""Keys of a sweep that no trial depends on, and so no settings hold; with values to stand in."""
NO_TRIAL = ("seeds", "refit", "threads")  # of the section `train:`: no trial's error depends on it
LONGEST_LIST = 6


def settings_of(
    sweep: SweepParams, base: Mapping[str, Any], others: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings of a search, plain, as JSON gives them back.

    Args:
        sweep: the search.
        base: sections `features` and `train`.
        others: further ones by name.
    """
    content: dict[str, Any] = {
        SWEEP: sweep.model_dump(exclude=set(NO_MATTER), exclude_defaults=True),
        "features": base["features"],
        "train": {key: of for key, of in base["train"].items() if key not in NO_TRIAL},
        **others,
    }
    plain: dict[str, Any] = json.loads(json.dumps(content))
    return plain


def with_searched_keys(wanted: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Settings in which keys that are searched have the values that a search was begun with.

    A trial that was applied stands in params.yaml, and its search is to go on all the same.

    Args:
        wanted: settings as they are now.
        stored: those that the search was begun with.
    """
    settings: dict[str, Any] = json.loads(json.dumps(wanted))
    for key in wanted[SWEEP]["space"]:
        *parents, last = key.split(".")
        now, before = settings, stored
        for parent in parents:
            now, before = now.get(parent, {}), before.get(parent, {})
        if last in before:
            now[last] = before[last]
    return settings


def require_same_settings(name: str, stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Check that a search can go on.

    Raises:
        ParamsError: it was begun with others; the keys are named.
    """
    before, now = _by_key(stored), _by_key(wanted)
    missing = object()
    differing = [
        key
        for key in dict.fromkeys([*before, *now])
        if before.get(key, missing) != now.get(key, missing)
    ]
    if not differing:
        return
    told = ", ".join(f"`{key}`" for key in differing[:LONGEST_LIST])
    more = len(differing) - LONGEST_LIST
    told += f" and {more} more" if more > 0 else ""
    raise ParamsError(
        f"search `{name}` was begun with other settings: {told}; begin another one with `--name`, "
        "or the same anew with `--again`, which throws its trials away"
    )


def _by_key(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by dotted key; what a key is searched over is one value."""
    sweep = dict(settings[SWEEP])
    space = {f"{SWEEP}.space.{key}": entry for key, entry in sweep.pop("space").items()}
    return dict(flatten({**settings, SWEEP: sweep})) | space
