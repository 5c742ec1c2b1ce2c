"""A project whose pipeline has run on a small edition, built once a session."""

import shutil
from pathlib import Path

import pytest
from pipeline_support import FAST, Project, copy_tree
from support import SMALL

from hw1.simulate import write_edition


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose pipeline has run once, committed; not to be changed."""
    project = Project(tmp_path_factory.mktemp("finished") / "project")
    copy_tree(project.root)
    write_edition(project.root / "data" / "raw" / "sample", SMALL)
    for old, new in FAST.items():
        project.edit("params.yaml", old, new)
    project.git("init", "-q", "-b", "main")
    project.git("config", "user.name", "tester")
    project.git("config", "user.email", "tester@localhost")
    (project.root / "dvc.lock").unlink(missing_ok=True)
    project.dvc("repro")
    project.git("add", ".")
    project.git("commit", "-qm", "first run")
    return project


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished project, to be changed at will."""
    root = tmp_path / "project"
    shutil.copytree(finished.root, root, symlinks=True)
    shutil.rmtree(root / ".dvc" / "tmp", ignore_errors=True)
    return Project(root)
