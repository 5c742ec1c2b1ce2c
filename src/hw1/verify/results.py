"""What a run of the pipeline wrote, by stage, as its dvc.lock has it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yaml import YAMLError

from hw1.core.errors import DataError
from hw1.lineage.blobs import DIRECTORY
from hw1.lineage.lock import LOCK_FILE
from hw1.lineage.plain_yaml import load_yaml


@dataclass(frozen=True)
class Results:
    """One run's files.

    Attributes:
        name: what the run is called in messages.
        folder: the project's folder that it ran in.
        text: its dvc.lock.
        stages: DVC's entry of every stage, in the order in which they ran.
    """

    name: str
    folder: Path
    text: str
    stages: dict[str, Mapping[str, Any]]

    def outs(self, stage: str) -> dict[str, str]:
        """MD5 by path of what a stage wrote; that of a folder ends with `.dir`."""
        return _digests(self.stages[stage], "outs")

    def sources(self, stage: str) -> dict[str, Any]:
        """Everything that a stage's outputs come from and no other stage wrote.

        Returns:
            The command, every parameter section by name, and MD5 by path of code and raw data.
        """
        made = {path for name in self.stages for path in self.outs(name)}
        entry = self.stages[stage]
        read = _digests(entry, "deps").items()
        code = {path: md5 for path, md5 in read if path not in made}
        return {"cmd": entry["cmd"], **entry.get("params", {}), **code}

    def files(self) -> int:
        """How many files the stages wrote, those in folders one by one."""
        outs = (out for entry in self.stages.values() for out in entry.get("outs", []))
        return sum(out.get("nfiles", 1) for out in outs)


def read_results(folder: Path, name: str) -> Results:
    """Read the dvc.lock of a folder.

    Raises:
        DataError: there is none, or it is not a lock file of DVC.
    """
    path = folder / LOCK_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"{path} is missing; `dvc repro` makes it") from None
    try:
        stages = dict(load_yaml(text)["stages"])
        results = Results(name, folder, text, stages)
        for stage in stages:
            results.sources(stage)
        results.files()
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DataError(f"{path} is not a lock file of DVC: {problem!r}") from None
    return results


def files_below(path: Path) -> dict[str, str]:
    """MD5 by relative path of all files in a folder."""
    return {
        file.relative_to(path).as_posix(): hashlib.md5(file.read_bytes()).hexdigest()
        for file in sorted(path.rglob("*"))
        if file.is_file()
    }


def is_folder(md5: str) -> bool:
    """Whether an MD5 of DVC's is that of a folder's listing."""
    return md5.endswith(DIRECTORY)


def _digests(entry: Mapping[str, Any], kind: str) -> dict[str, str]:
    return {str(item["path"]): str(item["md5"]) for item in entry.get(kind, [])}
