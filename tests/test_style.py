"""Lint, format and types are part of the tests, so that every run of them keeps the code clean."""

import subprocess
import sys

import pytest
from support import ROOT


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["lint", "format", "types"],
)
def test_code_is_clean(command):
    ran = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_pickle_anywhere():
    sources = [
        path for folder in ("src", "stages", "lectures") for path in (ROOT / folder).rglob("*.py")
    ]
    for path in sources:
        text = path.read_text(encoding="utf-8")
        for word in ("import pickle", "import joblib", "torch.load", "allow_pickle=True"):
            assert word not in text, f"{path}: {word}"
