"""The records of the lectures' results that stand in the workspace."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from hw1.core.errors import DataError, Hw1Error
from hw1.core.files import read_json
from hw1.core.sections import flatten, parse_params
from hw1.lectures.frame.places import metrics_file
from hw1.lineage import git
from hw1.lineage.lectures.ledger import LectureLedger
from hw1.lineage.lectures.record import LectureRecord
from hw1.lineage.lectures.stage import (
    LOCK,
    PIPELINE,
    LectureStage,
    finished_stages,
    present_parameters,
    running_stage,
)
from hw1.lineage.naming import given_name, short_key

HERE = Path()
LONGEST = 90  # characters of a name


class Change(NamedTuple):
    """A parameter that differs from a commit's.

    Attributes:
        file: the file that it stands in.
        key: its dotted key.
        value: its value.
        added: whether the commit's file has no such key.
    """

    file: str
    key: str
    value: Any
    added: bool


def keep_running(lecture: str, root: Path, seconds: float | None) -> LectureRecord:
    """Keep what an experiment's stage has just written, before DVC describes it in its lock file.

    Args:
        lecture: the experiment; its files stand in the current folder.
        root: the project's own root, which is another folder for a temporary experiment.
        seconds: how long it took.

    Raises:
        Hw1Error: files or parameters are missing.
    """
    record = _observe(lecture, running_stage(lecture))
    experiment = os.environ.get("DVC_EXP_NAME")
    baseline = os.environ.get("DVC_EXP_BASELINE_REV")
    record = replace(
        record,
        name=given_name(experiment) or record.name,
        seconds=seconds,
        commit=baseline or record.commit,
        experiment=experiment,
        baseline=baseline,
    )
    return LectureLedger(root).add(record, read_file)


def keep_finished(root: Path) -> None:
    """Keep the results that stand whole in the current folder, as its lock file describes them."""
    with suppress(DataError):
        for lecture, stage in finished_stages().items():
            with suppress(Hw1Error):  # one that is being made anew; the others stand
                LectureLedger(root).add(_finished(lecture, stage), read_file)


def read_file(path: str) -> bytes:
    """The content of a file in the current folder.

    Raises:
        DataError: it is not there.
    """
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        raise DataError(f"{path}: {problem.strerror}; `dvc repro {PIPELINE}` makes it") from None


def changes(
    parameters: Mapping[str, Any], texts: Mapping[str, str], commit: str | None
) -> list[Change]:
    """Parameters that differ from a commit's; none where there is no commit.

    Args:
        parameters: by dotted key.
        texts: the files that they stand in, by path.
        commit: the commit.
    """
    found = []
    for file, text in texts.items() if commit else ():
        committed = dict(flatten(parse_params(git.text_at(HERE, str(commit), f"./{file}") or "{}")))
        for key, value in flatten(parse_params(text)):
            if key in parameters and (key not in committed or committed[key] != value):
                found.append(Change(file, key, value, key not in committed))
    return found


def _finished(lecture: str, stage: LectureStage) -> LectureRecord:
    """A result as the lock file describes it.

    Raises:
        DataError: a file or a parameter is another by now.
    """
    record = _observe(lecture, stage)
    for path, md5 in stage.outs.items():
        if record.outs[path] != md5:
            raise DataError(f"{path} is not what {LOCK} describes; `dvc repro {PIPELINE}`")
    if present_parameters(stage.params) != stage.parameters:
        raise DataError(f"{LOCK} tells of a run of `{lecture}` with other parameters")
    touched = {str(LOCK), *stage.outs, *stage.params} & {*git.changed_files(HERE)}
    return replace(record, committed=None if touched else record.commit)


def _observe(lecture: str, stage: LectureStage) -> LectureRecord:
    commit = git.head(HERE)
    texts = {file: read_file(file).decode("utf-8-sig") for file in stage.params}
    outs = {path: hashlib.md5(read_file(path)).hexdigest() for path in sorted(stage.outs)}
    return LectureRecord(
        lecture=lecture,
        parameters=stage.parameters,
        params_texts=texts,
        outs=outs,
        name=_name(lecture, stage, texts, commit),
        created=int(1000 * max(Path(path).stat().st_mtime for path in outs)),
        reproducible=bool(read_json(metrics_file(lecture)).get("reproducible", True)),
        commit=commit,
        changed=_inputs_among(git.changed_files(HERE), stage),
        lock_text=stage.lock_text,
    )


def _inputs_among(paths: tuple[str, ...], stage: LectureStage) -> tuple[str, ...]:
    """Those of some files that a result is made from."""
    inputs = (*stage.deps, *stage.params, str(PIPELINE))
    return tuple(
        path
        for path in paths
        if any(path in (each, f"{each}.dvc") or path.startswith(f"{each}/") for each in inputs)
    )


def _name(lecture: str, stage: LectureStage, texts: Mapping[str, str], commit: str | None) -> str:
    """The experiment's name and what of its parameters differs from the commit's."""
    keys = list(stage.parameters)
    told = [
        f"{short_key(each.key, keys)}={_plain(each.value)}"
        for each in changes(stage.parameters, texts, commit)
    ]
    name = ", ".join([lecture, *told])
    return name if len(name) <= LONGEST else f"{lecture}, {len(told)} parameters changed"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
