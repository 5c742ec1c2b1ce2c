"""What lectures/dvc.yaml and lectures/dvc.lock tell of an experiment's stage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import yaml

from hw1.core.errors import DataError
from hw1.core.sections import PARAMS_FILE, flatten, read_params
from hw1.lectures.frame.places import FOLDER
from hw1.lineage.plain_yaml import load_yaml

PIPELINE = FOLDER / "dvc.yaml"
LOCK = FOLDER / "dvc.lock"
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # ten times as fast
PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True)
class LectureStage:
    """An experiment's stage.

    Attributes:
        parameters: those that it depends on, by dotted key.
        params: the sections and keys that it names, by the file that they stand in.
        deps: what it reads beside them: code and data.
        outs: what it writes, with the MD5 of each file where that is known, else None.
        lock_text: its entry of the lock file as a lock file by itself; None where it has not ended.
    """

    parameters: dict[str, Any]
    params: dict[str, list[str]]
    deps: tuple[str, ...]
    outs: dict[str, str | None]
    lock_text: str | None = None


def running_stage(lecture: str) -> LectureStage:
    """An experiment's stage by the current folder's pipeline and parameters: what runs now.

    Raises:
        DataError: the pipeline has no such stage.
        ParamsError: a parameters' file is missing or damaged.
    """
    try:
        stage = load_yaml(PIPELINE.read_text(encoding="utf-8"))["stages"][lecture]
        names: dict[str, list[str]] = {}
        for file, key in _named_params(stage.get("params", [])):
            names.setdefault(file, []).append(key)
        written = [each for kind in ("outs", "metrics", "plots") for each in stage.get(kind, [])]
        outs = [_path(each) for each in written]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as problem:
        raise DataError(f"{PIPELINE} does not describe `{lecture}`: {problem!r}") from None
    parameters = present_parameters(names)
    deps = [_filled(str(path), parameters) for path in stage.get("deps", [])]
    return LectureStage(parameters, names, tuple(deps), dict.fromkeys(outs))


def finished_stages() -> dict[str, LectureStage]:
    """The stages of the current folder's lock file by name; none where there is no lock file.

    Raises:
        DataError: it is damaged.
    """
    try:
        stages = load_yaml(LOCK.read_text(encoding="utf-8"))["stages"]
        return {str(name): _finished(str(name), entry) for name, entry in stages.items()}
    except FileNotFoundError:
        return {}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as problem:
        raise DataError(f"{LOCK} is not a lock file of DVC: {problem!r}") from None


def present_parameters(names: Mapping[str, list[str]]) -> dict[str, Any]:
    """Parameters by dotted key as they stand in the current folder.

    Args:
        names: sections and keys by the path of their file.

    Raises:
        DataError: a file lacks one.
    """
    found = {}
    for file, keys in names.items():
        content = read_params(Path(file))
        for key in keys:
            try:
                found[key] = reduce(lambda place, word: place[word], key.split("."), content)
            except (KeyError, TypeError):
                raise DataError(f"{file} has no `{key}`") from None
    return dict(sorted(flatten(found)))


def _finished(name: str, entry: Mapping[str, Any]) -> LectureStage:
    sections = entry.get("params", {})
    parameters = {key: value for keys in sections.values() for key, value in flatten(dict(keys))}
    lock = {"schema": "2.0", "stages": {name: entry}}
    return LectureStage(
        parameters=dict(sorted(parameters.items())),
        params={str(file): list(keys) for file, keys in sections.items()},
        deps=tuple(str(each["path"]) for each in entry.get("deps", [])),
        outs={str(each["path"]): str(each["md5"]) for each in entry.get("outs", [])},
        lock_text=yaml.dump(lock, Dumper=DUMPER, sort_keys=False, allow_unicode=True),
    )


def _named_params(params: list[Any]) -> Iterator[tuple[str, str]]:
    """File and key of every parameter that a stage names."""
    for each in params:
        if isinstance(each, str):
            yield str(PARAMS_FILE), each
        else:
            yield from ((str(file), str(key)) for file, keys in each.items() for key in keys)


def _path(entry: Any) -> str:
    return entry if isinstance(entry, str) else str(next(iter(entry)))


def _filled(path: str, parameters: Mapping[str, Any]) -> str:
    return PLACEHOLDER.sub(lambda match: str(parameters.get(match[1], match[0])), path)
