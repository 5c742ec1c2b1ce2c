"""What a variant is called, and the key that tells it from every other."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from hw1.params.base import PARAMS_FILE, flatten, read_params
from hw1.params.project import SECTIONS


@dataclass(frozen=True)
class Variant:
    """One state of parameters and results.

    Attributes:
        key: SHA-256 over the parameters and the bytes of every result.
        name: what a person calls it: edition, model and the first digits of the key.
        parameters: all parameters, flattened to dotted keys.
    """

    key: str
    name: str
    parameters: dict[str, str]


def read_variant(results: list[Path], params_file: Path = PARAMS_FILE) -> Variant:
    """Identify the variant that stands in the workspace.

    Args:
        results: files or folders whose content belongs to the variant.
        params_file: the parameters.
    """
    content = read_params(params_file)
    parameters = dict(flatten({name: content[name] for name in SECTIONS}))
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
    for path in _files(results):
        digest.update(path.as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    key = digest.hexdigest()
    name = f"{content['ingest']['edition']}-{content['train']['model']}-{key[:7]}"
    return Variant(key, name, {name: str(value) for name, value in parameters.items()})


def _files(paths: list[Path]) -> list[Path]:
    found = [
        inner for path in paths for inner in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    return sorted(path for path in found if path.is_file())
