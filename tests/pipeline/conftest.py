"""A project whose pipeline has run on a small edition, built once a session."""

import shutil
from pathlib import Path

import pytest
from pipeline_support import Project, new_project
from support import SMALL


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose pipeline has run once, committed; not to be changed."""
    project = new_project(tmp_path_factory.mktemp("finished") / "project", SMALL)
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
