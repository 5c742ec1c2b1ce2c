"""The identity of a variant: what went in, and what came out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from hw1.core import layout
from hw1.core.sections import flatten
from hw1.lineage.lock import STAGES, Lock

LABEL_DIGITS = 16  # of a key and of a result, in a label


@dataclass(frozen=True)
class Variant:
    """One state of code, data and parameters, and of the results that they gave.

    Attributes:
        key: SHA-256 over every stage's command, parameters, code and raw data.
        result: SHA-256 over everything that the stages wrote.
        parameters: all parameters by dotted key.
        data: MD5 of the raw data.
        code: SHA-256 over the code of all stages.
        model: MD5 of the fitted model.
    """

    key: str
    result: str
    parameters: dict[str, Any]
    data: str
    code: str
    model: str

    @property
    def edition(self) -> str:
        """The edition of the homework whose data it uses."""
        return str(self.parameters["ingest.edition"])

    @property
    def label(self) -> str:
        """A file name for it, short but unique."""
        return label_of(self.key, self.result)


def label_of(key: str, result: str) -> str:
    """The label of the variant with this key and this result."""
    return f"{key[:LABEL_DIGITS]}-{result[:LABEL_DIGITS]}"


def key_of(lock: Lock, stages: tuple[str, ...] = STAGES) -> str:
    """SHA-256 over what went into some stages: command, parameters, code and raw data of each."""
    entries = {name: lock.stages[name] for name in stages}
    inputs = {
        name: {"command": entry.command, "params": entry.params, "sources": lock.sources(name)}
        for name, entry in entries.items()
    }
    return _digest(inputs)


def identify(lock: Lock) -> Variant:
    """Work out a variant's identity from dvc.lock alone."""
    parameters: dict[str, Any] = {}
    for entry in lock.stages.values():
        parameters |= dict(flatten(entry.params))
    return Variant(
        key=key_of(lock),
        result=_digest(lock.outs()),
        parameters=dict(sorted(parameters.items())),
        data=data_of(lock),
        code=code_of(lock),
        model=lock.stages["train"].outs.get(layout.MODEL_FOLDER.as_posix(), ""),
    )


def data_of(lock: Lock) -> str:
    """MD5 of the raw data; empty where no stage names any."""
    folder = f"{layout.RAW.as_posix()}/"
    return next((md5 for path, md5 in _sources(lock).items() if path.startswith(folder)), "")


def code_of(lock: Lock) -> str:
    """SHA-256 over the code of all stages."""
    return _digest({path: md5 for path, md5 in _sources(lock).items() if path[:5] != "data/"})


def _sources(lock: Lock) -> dict[str, str]:
    """What all stages read and none wrote, by path."""
    return {path: md5 for name in lock.stages for path, md5 in lock.sources(name).items()}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
