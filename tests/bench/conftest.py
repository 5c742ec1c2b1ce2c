"""The benchmark of speed, as a person runs it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import ROOT

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def quick(tmp_path: Path) -> Run:
    """Runs parts in their quick mode and returns what speed.json holds then."""

    def run(*parts: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "bench.speed", "--quick", "--out", str(tmp_path)]
        ran = subprocess.run(
            [*command, "--parts", *parts], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        written = json.loads((tmp_path / "speed.json").read_text())
        for part in parts:
            for table in written[part]["tables"]:
                assert table["rows"]
                assert table["title"] in (tmp_path / "speed.md").read_text()
                assert table["title"] in ran.stdout
        return written

    return run


@pytest.fixture(autouse=True)
def _speed_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
