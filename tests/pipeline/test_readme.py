"""The README's commands run, in order, in a project as a reader would have it.

Sections that stand by themselves have a test each, so that several processes share the work.
"""

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
APART = {
    "Three kinds of task": "signals",  # of the day that the last command predicts
    "Try a thousand variants": "validation, blocks",  # the applied trial
}
"""Sections that need no command of another, and what the summary shows after their last one."""
SMALL = SimulationConfig(states=("AL", "CA", "NY"), train_rows=120, test_rows=24)


def sections():
    """Commands by the heading that they stand under: lines of bash blocks, without comments."""
    found = {}
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE):
        blocks = re.findall(r"```bash\n(.*?)```", part, flags=re.DOTALL)
        lines = [line for block in blocks for line in block.splitlines()]
        bare = [re.sub(r"\s+#.*", "", line).strip() for line in lines]
        found[part.partition("\n")[0]] = [line for line in bare if line and line != ITSELF]
    return found


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
    lines = [line for title, own in sections().items() if title not in APART for line in own]
    assert len(lines) > 8
    for line in lines:
        run_as_written(line, reader)
    shown = run_as_written("dvc exp show --only-changed --csv", reader)
    assert len(shown.splitlines()) > 6


@pytest.mark.parametrize("title", APART)
def test_every_command_of_a_section_works(project, title):
    lines = sections()[title]
    assert len(lines) > 1
    for line in lines:
        run_as_written(line, project)
    assert APART[title] in run_as_written("hw1 summary", project)


def test_every_make_target_is_explained(reader):
    listed = run_as_written("make help", reader)
    for target in re.findall(r"`make ([a-z-]+)`", TEXT):
        assert f"make {target}" in listed


def test_every_named_file_is_there():
    for name in re.findall(
        r"`((?:src|stages|tests|bench|data|docs|metrics)/[\w./]*|\w+\.yaml)`", TEXT
    ):
        if not name.startswith("data/submit"):
            assert (ROOT / name).exists(), name


def test_the_table_is_what_the_benchmark_wrote():
    assert (ROOT / "bench" / "variants.md").read_text().strip() in TEXT
