"""A project in the current folder, without what an outer DVC would add."""

from pathlib import Path

import pytest
from tracking_support import FabricatedProject


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FabricatedProject:
    """A committed project; it is the current folder, and no stage runs."""
    for name in ("DVC_ROOT", "DVC_STAGE", "DVC_EXP_NAME", "DVC_EXP_BASELINE_REV"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    return FabricatedProject(root)
