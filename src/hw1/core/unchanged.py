"""A result is of the parameters that its stage has read.

DVC notes a stage's parameters when the stage has ended. Of params.yaml that somebody edits while it
runs, the new values would be recorded for a result of the old ones, and taken for up to date.
"""

import os
from pathlib import Path
from typing import Any

from hw1.core.errors import Hw1Error, ParamsError
from hw1.core.sections import PARAMS_FILE, parse_params, read_params

PIPELINES = (Path("dvc.yaml"), Path("lectures/dvc.yaml"))
PARAMS_FILES = (PARAMS_FILE, Path("lectures/params.yaml"))


def params_texts() -> dict[Path, str]:
    """The files of parameters as they stand when a stage begins; none outside of one."""
    if not os.environ.get("DVC_STAGE"):
        return {}
    return {path: _read(path) for path in PARAMS_FILES if path.is_file()}


def require_unchanged(before: dict[Path, str]) -> None:
    """Refuse a stage's result if its parameters have been changed while it ran.

    Args:
        before: what `params_texts` said when it began.

    Raises:
        Hw1Error: they have; it names them.
    """
    changed = {path: text for path, text in before.items() if _read(path) != text}
    if not changed:
        return
    stage = os.environ["DVC_STAGE"].rpartition(":")[2]
    keys = [
        f"{path}: `{key}`"
        for path, key in _own_keys(stage)
        if path in changed and _differs(changed[path], _read(path), key)
    ]
    if keys:
        raise Hw1Error(
            f"{', '.join(keys)} was changed while `{stage}` ran; what it has made is of the "
            "earlier value and not taken for a result; run the same command again"
        )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _own_keys(stage: str) -> list[tuple[Path, str]]:
    """The parameters that a stage depends on, as file and dotted key."""
    for pipeline in PIPELINES:
        stages = read_params(pipeline).get("stages", {}) if pipeline.is_file() else {}
        if stage in stages:
            named = stages[stage].get("params", [])
            # a lecture runs in the project's folder, and so do its parameters' names
            files = [each if isinstance(each, dict) else {PARAMS_FILE: [each]} for each in named]
            return [
                (Path(path), key) for each in files for path, keys in each.items() for key in keys
            ]
    return []


def _differs(before: str, after: str, key: str) -> bool:
    try:
        return bool(_value(parse_params(before), key) != _value(parse_params(after), key))
    except ParamsError:  # it is being edited
        return True


def _value(content: Any, key: str) -> Any:
    for part in key.split("."):
        content = content.get(part) if isinstance(content, dict) else None
    return content
