"""Fitted models on disk: model.json says what they are, weights.safetensors holds the arrays.

Neither file can run code when it is read, and the same models give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hw1.core.errors import DataError
from hw1.core.files import read_json, write_bytes, write_json
from hw1.fitted.base import Array, Fitted, part, require
from hw1.fitted.nested import described, nested_arrays, rebuilt
from hw1.fitted.routed import ROUTE_KINDS, RoutedFitted
from hw1.target import Target, target_from_dict

MODEL_FILE = "model.json"
WEIGHTS_FILE = "weights.safetensors"
FORMAT = "hw1 model, version 1"

KINDS: dict[str, type[Fitted]] = ROUTE_KINDS | {RoutedFitted.kind: RoutedFitted}


def save(folder: Path, folds: Mapping[str, Fitted], target: Target) -> None:
    """Write the models of all folds.

    Args:
        folder: where `model.json` and `weights.safetensors` are written.
        folds: fitted models by the name of their fold: "0", "1", ... and maybe "final".
        target: what the models predict.
    """
    from safetensors.numpy import save as to_bytes

    named = {name: np.ascontiguousarray(array) for name, array in nested_arrays(folds).items()}
    weights = to_bytes(named)
    write_bytes(folder / WEIGHTS_FILE, weights)
    description = {
        "format": FORMAT,
        "target": target.to_dict(),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "folds": {fold: described(model) for fold, model in folds.items()},
    }
    write_json(folder / MODEL_FILE, description)


def load(folder: Path) -> tuple[dict[str, Fitted], Target]:
    """Read what `save` wrote.

    Returns:
        The fitted models by fold, and what they predict.

    Raises:
        DataError: a file is missing, damaged, of another program, or the two do not belong
            together.
    """
    description = read_json(folder / MODEL_FILE)
    try:
        return _rebuild(description, _read_weights(folder / WEIGHTS_FILE, description))
    except DataError as problem:
        raise DataError(f"{folder}: {problem}; `dvc repro --force train` remakes it") from None


def _read_weights(path: Path, description: Any) -> dict[str, Array]:
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    require(
        isinstance(description, dict) and description.get("format") == FORMAT,
        f"{MODEL_FILE} does not say `{FORMAT}`",
    )
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{WEIGHTS_FILE} is missing") from None
    found = hashlib.sha256(content).hexdigest()
    if found != part(description, "weights_sha256"):
        raise DataError(f"{WEIGHTS_FILE} is not the file that {MODEL_FILE} describes")
    try:
        arrays: dict[str, Array] = from_bytes(content)
    except (SafetensorError, KeyError, ValueError) as problem:
        raise DataError(f"{WEIGHTS_FILE} is damaged ({problem})") from None
    return arrays


def _rebuild(
    description: Mapping[str, Any], arrays: Mapping[str, Array]
) -> tuple[dict[str, Fitted], Target]:
    folds = {
        fold: rebuilt(KINDS, content, arrays, fold)
        for fold, content in _mapping(description, "folds").items()
    }
    require(bool(folds), "it has no folds")
    target = target_from_dict(_mapping(description, "target"))
    for fold, model in folds.items():
        fitting = model.outputs == target.outputs
        require(fitting, f"fold {fold} has {model.outputs} outputs, not {target.outputs}")
    return dict(sorted(folds.items(), key=_fold_order)), target


def _mapping(parts: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = part(parts, name)
    require(isinstance(value, dict), f"`{name}` is {value!r}")
    return dict(value)


def _fold_order(item: tuple[str, Fitted]) -> tuple[bool, int]:
    name = item[0]
    return (not name.isdecimal(), int(name) if name.isdecimal() else 0)
