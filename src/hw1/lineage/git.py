"""What git and DVC's experiments know of a project, by asking git."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EXPERIMENT_REF = re.compile(r"refs/exps/([0-9a-f]{2})/([0-9a-f]{38})/(.+)")
SHORT = 7


@dataclass(frozen=True)
class Experiment:
    """A DVC experiment: a commit outside all branches.

    Attributes:
        name: its name.
        revision: its commit.
        baseline: the commit that it was started from.
    """

    name: str
    revision: str
    baseline: str


def head(root: Path) -> str | None:
    """The commit that is checked out; None before the first."""
    return _git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")


def resolve(root: Path, revision: str) -> str | None:
    """The commit that a revision names; None where it names none."""
    if revision.startswith("-"):
        return None
    return _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")


def changed_files(root: Path) -> tuple[str, ...]:
    """Files that differ from the commit or are in none, sorted; ignored ones are left out."""
    listed = _git(root, "status", "--porcelain", "--no-renames", "-uall", "-z", "--", ".")
    return _below(root, (line[3:] for line in (listed or "").split("\0")))


def files_between(root: Path, first: str, second: str) -> tuple[str, ...]:
    """Files that differ between two commits, sorted."""
    listed = _git(root, "diff", "--name-only", "--no-renames", "-z", first, second, "--", ".")
    return _below(root, (listed or "").split("\0"))


def _below(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths relative to a folder of the repository; git tells of them relative to its top."""
    prefix = _git(root, "rev-parse", "--show-prefix") or ""
    return tuple(sorted(path.removeprefix(prefix) for path in paths if path))


def experiments(root: Path) -> list[Experiment]:
    """All DVC experiments, by name."""
    listed = _git(root, "for-each-ref", "--format=%(objectname) %(refname)", "refs/exps")
    found = []
    for line in (listed or "").splitlines():
        revision, _, ref = line.partition(" ")
        match = EXPERIMENT_REF.fullmatch(ref)
        if match:
            found.append(Experiment(match[3], revision, match[1] + match[2]))
    return sorted(found, key=lambda experiment: (experiment.name, experiment.revision))


def commits_of(root: Path, path: Path) -> list[str]:
    """Commits of all branches and tags that changed a file, the newest first."""
    listed = _git(
        root, "rev-list", "--full-history", "HEAD", "--branches", "--tags", "--", path.as_posix()
    )
    return (listed or "").split()


def text_at(root: Path, revision: str, path: str) -> str | None:
    """A text file as a commit has it; None where it has none."""
    content = _output(root, "show", f"{revision}:{path}")
    return None if content is None else content.decode("utf-8", "replace")


def commit_time(root: Path, revision: str) -> int:
    """When a commit was made, in milliseconds since 1970."""
    shown = _git(root, "show", "-s", "--format=%ct", revision)
    return int(shown or 0) * 1000


def _git(root: Path, *words: str) -> str | None:
    """What git prints, without the last newline; None where it fails or there is no git."""
    printed = _output(root, *words)
    return None if printed is None else printed.decode("utf-8", "replace").rstrip("\n")


def _output(root: Path, *words: str) -> bytes | None:
    try:
        ran = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    except OSError:
        return None
    return ran.stdout if ran.returncode == 0 else None
