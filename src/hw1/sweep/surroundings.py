"""The code and packages that a search's results depend on."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

FOLDERS = ("core", "ingest", "features", "fitted", "models", "engine", "sweep")
PACKAGES = ("numpy", "optuna", "scikit-learn", "scipy")


def code_digest(source: Path = Path(__file__).parents[1]) -> str:
    """SHA-256 of the modules that make, fit and judge trials.

    Args:
        source: folder of the package `hw1`.
    """
    digest = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted((source / folder).rglob("*.py")):
            digest.update(path.relative_to(source).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def packages() -> dict[str, str]:
    """Versions of the packages that suggest, fit and judge."""
    return {name: version(name) for name in PACKAGES}
