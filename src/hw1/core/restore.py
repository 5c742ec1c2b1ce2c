"""Undo the overrides of a refused experiment.

`dvc exp run -S key=value` writes its overrides into params.yaml, and `-S file:key=value` into that
file, before any stage runs and leaves them there when a stage fails. A refused typo would stay in
the file and break every later run, so the check that refuses it takes the overrides back.
"""

import os
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from hw1.core.errors import ParamsError
from hw1.core.files import write_text
from hw1.core.sections import PARAMS_FILE, parse_params

ACCEPTED_COPY = Path(".dvc/tmp/hw1/params.yaml")
SET_PARAM_FLAGS = ("-S", "--set-param")


def remember_params(path: Path = PARAMS_FILE, copy: Path = ACCEPTED_COPY) -> None:
    """Keep a copy of parameters with which the whole pipeline has run."""
    write_text(copy, path.read_text(encoding="utf-8-sig"))


def restore_params(copy: Path = ACCEPTED_COPY) -> dict[Path, list[str]]:
    """Take back the overrides of the running `dvc exp run`, if it works in this folder.

    A file becomes, byte for byte, the last accepted (of params.yaml) or the committed one if only
    the overridden keys differ; else just these keys get their earlier values, so that edits by hand
    survive.

    Returns:
        The keys that were taken back, by file; none outside an experiment in the workspace.
    """
    overridden = _overridden_keys(_experiment_command()) if _in_workspace() else {}
    return {
        path: keys
        for path, keys in overridden.items()
        if _restored(path, keys, _read(copy) if path == PARAMS_FILE else None)
    }


def _restored(path: Path, keys: list[str], accepted: str | None) -> bool:
    """Whether a file's keys could be given their earlier values; `accepted` is an earlier text."""
    earlier = [text for text in (accepted, committed_text(path)) if text is not None]
    content = _read(path)
    if content is None or not earlier or (plain := _plain_without(content, keys)) is None:
        return False
    for text in earlier:
        if _plain_without(text, keys) == plain:
            write_text(path, text)
            return True
    write_text(path, _with_earlier_values(content, earlier[0], keys))
    return True


def _in_workspace() -> bool:
    """Whether the stage runs in the project itself, not in an experiment's temporary folder."""
    root = os.environ.get("DVC_ROOT")
    experiment = os.environ.get("DVC_EXP_NAME")
    return bool(root and experiment) and Path(str(root)).resolve() == Path.cwd().resolve()


def _experiment_command() -> list[str]:
    """The command line of the `dvc exp run` that this process belongs to."""
    import psutil

    for parent in psutil.Process().parents():
        try:
            command: list[str] = parent.cmdline()
        except psutil.Error:
            continue
        if "exp" in command and "run" in command:
            return command
    return []


def _overridden_keys(command: list[str]) -> dict[Path, list[str]]:
    """The dotted keys of every `-S [file:][+~]key=value`, by file."""
    found: dict[Path, list[str]] = {}
    for index, word in enumerate(command):
        for flag in SET_PARAM_FLAGS:
            if word == flag and index + 1 < len(command):
                override = command[index + 1]
            elif word.startswith(flag) and word != flag:
                override = word[len(flag) :].removeprefix("=")
            else:
                continue
            file, _, key = override.partition("=")[0].rpartition(":")
            found.setdefault(Path(file or PARAMS_FILE), []).append(key.lstrip("+~"))
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        return None


def committed_text(path: Path = PARAMS_FILE) -> str | None:
    """The file as it stands in the last commit; None where there is none."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:./{path.as_posix()}"], capture_output=True, check=False
    )
    return shown.stdout.decode("utf-8-sig") if shown.returncode == 0 else None


def _plain_without(text: str, keys: list[str]) -> Any:
    """The parameters without some keys; None where the text holds none."""
    try:
        content = parse_params(text)
    except ParamsError:
        return None
    for key in keys:
        _remove(content, key.split("."))
    return content


def _remove(content: Any, path: list[str]) -> None:
    """Remove a key, and the mappings that an override made only to hold it."""
    if not isinstance(content, dict) or path[0] not in content:
        return
    if len(path) > 1:
        _remove(content[path[0]], path[1:])
    if len(path) == 1 or content[path[0]] == {}:
        content.pop(path[0])


def _with_earlier_values(content: str, earlier: str, keys: list[str]) -> str:
    """Give only the overridden keys their earlier values; comments and other edits stay."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    current, previous = yaml.load(content), yaml.load(earlier)
    for key in keys:
        path = key.split(".")
        value, known = _lookup(previous, path)
        if known:
            _assign(current, path, value)
        else:
            _remove(current, path)
    stream = StringIO()
    yaml.dump(current, stream)
    return stream.getvalue()


def _lookup(content: Any, path: list[str]) -> tuple[Any, bool]:
    for part in path:
        if not isinstance(content, dict) or part not in content:
            return None, False
        content = content[part]
    return content, True


def _assign(content: Any, path: list[str], value: Any) -> None:
    for part in path[:-1]:
        content = content[part]
    content[path[-1]] = value
