"""A real project in a temporary folder, and what a test asks of it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support import ROOT

from hw1.simulate import SimulationConfig, write_edition

FAST = {
    "  seeds: 8 ": "  seeds: 2 ",
    "  epochs: 15": "  epochs: 2",
    "bootstrap: 1000": "bootstrap: 100",
    "schemes: [forward, blocks, random]": "schemes: []",
}


@dataclass(frozen=True)
class Project:
    """A checkout with its own git and DVC state."""

    root: Path

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the project as a person would, with this environment's programs."""
        ran = subprocess.run(
            command, cwd=self.root, env=environment(), capture_output=True, text=True, check=False
        )
        if check and ran.returncode != 0:
            raise AssertionError(f"{' '.join(command)} failed:\n{ran.stdout}\n{ran.stderr}")
        return ran

    def dvc(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run DVC."""
        return self.run("dvc", *words, check=check)

    def git(self, *words: str) -> str:
        """Run git and return what it printed."""
        return self.run("git", *words).stdout

    def text(self, path: str) -> str:
        """A file's text."""
        return (self.root / path).read_text()

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace one piece of a file's text."""
        content = self.text(path)
        assert old in content, f"{path} does not hold {old!r}"
        (self.root / path).write_text(content.replace(old, new, 1))


def environment() -> dict[str, str]:
    """This process's environment without what an outer DVC or MLflow would add.

    Publishers beside the stages are left out: with a test on every core there is none for them.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DVC_", "MLFLOW_", "GIT_"))
    }
    programs = str(Path(sys.executable).parent)
    return kept | {
        "PATH": f"{programs}{os.pathsep}{kept.get('PATH', '')}",
        "OMP_NUM_THREADS": "1",
        "HW1_WARM": "0",
    }


def ran_stages(output: str) -> list[str]:
    """The stages that a `dvc repro` ran, from what it printed."""
    marker = "Running stage '"
    return [line.split("'")[1] for line in output.splitlines() if line.startswith(marker)]


def copy_tree(target: Path) -> None:
    """Copy the files that git tracks or would track, as they stand in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_file() and not name.startswith("data/raw/sample/"):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def new_project(root: Path, sample: SimulationConfig | None = None) -> Project:
    """A committed project as a clone of the working tree would be.

    Args:
        root: where to put it.
        sample: a small edition to take the sample's place, with parameters to match; None keeps
            the shipped parameters and leaves the sample out.
    """
    project = Project(root)
    copy_tree(root)
    if sample is not None:
        write_edition(root / "data" / "raw" / "sample", sample)
        for old, new in FAST.items():
            project.edit("params.yaml", old, new)
    for lock in ("dvc.lock", "lectures/dvc.lock"):  # of the shipped sample
        (root / lock).unlink(missing_ok=True)
    project.git("init", "-q", "-b", "main")
    project.git("config", "user.name", "tester")
    project.git("config", "user.email", "tester@localhost")
    project.git("add", ".")
    project.git("commit", "-qm", "start")
    return project
