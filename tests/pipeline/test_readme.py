"""The README's commands run, in order, in a project as a reader would have it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pipeline_support import environment, new_project
from support import ROOT

from hw1.simulate import SimulationConfig, write_edition

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
ITSELF = "make test"
SMALL = SimulationConfig(states=("AL", "CA", "NY"), train_rows=120, test_rows=24)


def commands():
    """Every line of a bash block, without its comment."""
    blocks = re.findall(r"```bash\n(.*?)```", TEXT, flags=re.DOTALL)
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A project with small data, and a home folder with a downloaded edition."""
    home = tmp_path_factory.mktemp("home")
    write_edition(home / "Downloads" / "ml2022spring-hw1", SMALL)
    return new_project(home / "project", SMALL)


def run_as_written(command, project):
    """Run a line in a shell; make takes this environment for the one it would create."""
    prefix = Path(sys.prefix)
    command = re.sub(r"^make ", f"make -o {prefix}/.hw1-ready VENV={prefix} ", command)
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=project.root,
        env=environment() | {"HOME": os.fspath(project.root.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def test_every_command_works(reader):
    lines = commands()
    assert len(lines) > 8
    for line in lines:
        if line != ITSELF:
            run_as_written(line, reader)
    shown = run_as_written("dvc exp show --only-changed --csv", reader)
    assert len(shown.splitlines()) > 6
    assert "validation, blocks" in run_as_written("hw1 summary", reader)  # the applied trial


def test_every_make_target_is_explained(reader):
    listed = run_as_written("make help", reader)
    for target in re.findall(r"`make ([a-z-]+)`", TEXT):
        assert f"make {target}" in listed


def test_every_named_file_is_there():
    for name in re.findall(r"`((?:src|stages|tests|bench|data|metrics)/[\w./]*|\w+\.yaml)`", TEXT):
        if not name.startswith("data/submit"):
            assert (ROOT / name).exists(), name


def test_the_table_is_what_the_benchmark_wrote():
    assert (ROOT / "bench" / "variants.md").read_text().strip() in TEXT
