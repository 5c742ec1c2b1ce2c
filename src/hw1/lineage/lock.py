"""dvc.lock: the commands, code, parameters and data that made every file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yaml import YAMLError

from hw1.core.errors import DataError
from hw1.lineage.plain_yaml import load_yaml

LOCK_FILE = Path("dvc.lock")
STAGES = ("ingest", "features", "train", "evaluate", "submit")
OUTSIDE = "track"  # publishes what the others made; inside it, its own entry is the last run's


@dataclass(frozen=True)
class StageEntry:
    """What DVC recorded when a stage ran.

    Attributes:
        command: its command line.
        deps: MD5 by path of everything it read, code included.
        params: the parameters it names, nested as in params.yaml.
        outs: MD5 by path of everything it wrote.
    """

    command: str
    deps: dict[str, str]
    params: dict[str, Any]
    outs: dict[str, str]


@dataclass(frozen=True)
class Lock:
    """The stages that make a variant, by name, in order."""

    stages: dict[str, StageEntry]
    made: frozenset[str]

    def sources(self, stage: str) -> dict[str, str]:
        """MD5 by path of what a stage read and no other stage wrote: code and raw data."""
        deps = self.stages[stage].deps
        return {path: md5 for path, md5 in sorted(deps.items()) if path not in self.made}

    def outs(self) -> dict[str, str]:
        """MD5 by path of everything that the stages wrote."""
        pairs = (pair for entry in self.stages.values() for pair in entry.outs.items())
        return dict(sorted(pairs))


@lru_cache(maxsize=4)
def parse_lock(text: str, where: str = str(LOCK_FILE), stages: tuple[str, ...] = STAGES) -> Lock:
    """Read a dvc.lock and check that it describes one finished run.

    Args:
        text: the file's content.
        where: names the file in messages.
        stages: those that have to be there.

    Raises:
        DataError: it is not a lock file, a stage is missing, or it is torn: a stage has read
            something else than what the stage before it wrote last.
    """
    try:
        content = load_yaml(text)
        entries = {
            str(name): _entry(entry) for name, entry in content["stages"].items() if name != OUTSIDE
        }
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise DataError(f"{where} is not a lock file of DVC: {problem!r}") from None
    missing = [name for name in stages if name not in entries]
    if missing:
        raise DataError(f"{where} does not hold stage `{missing[0]}`; run `dvc repro`")
    _require_whole(entries, where)
    made = frozenset(path for entry in entries.values() for path in entry.outs)
    return Lock({name: entries[name] for name in stages}, made)


def _entry(content: Mapping[str, Any]) -> StageEntry:
    params = content.get("params", {}).get("params.yaml", {})
    return StageEntry(
        command=str(content["cmd"]),
        deps=dict(_digests(content.get("deps", []))),
        params=dict(params),
        outs=dict(_digests(content.get("outs", []))),
    )


def _digests(items: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for item in items:
        yield str(item["path"]), str(item["md5"])


def _require_whole(entries: Mapping[str, StageEntry], where: str) -> None:
    written = {
        path: (name, md5) for name, entry in entries.items() for path, md5 in entry.outs.items()
    }
    for name, entry in entries.items():
        for path, md5 in entry.deps.items():
            maker, latest = written.get(path, (name, md5))
            if latest != md5:
                raise DataError(
                    f"{where}: `{name}` has read another {path} than `{maker}` wrote last; "
                    "`dvc repro` brings them together"
                )
