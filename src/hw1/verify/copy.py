"""A clean copy of the project, in which nothing of the caller's stores and settings is seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from hw1.core.errors import DataError, Hw1Error
from hw1.core.layout import RAW
from hw1.lineage.lock import LOCK_FILE
from hw1.lineage.plain_yaml import load_yaml

FOREIGN = ("DVC_", "MLFLOW_", "GIT_")  # variables that would lead out of a copy
SETTINGS = "[cache]\n    dir = cache\n"


def project_files(root: Path) -> list[str]:
    """Files that git tracks or would track, as far as they are in the working tree.

    Args:
        root: the project's folder.

    Returns:
        Paths relative to `root`, sorted.

    Raises:
        Hw1Error: it is in no git repository.
    """
    listed = _git(root, "ls-files", "-co", "--exclude-standard", "-z")
    names = {os.fsdecode(name) for name in listed.split(b"\0") if name}
    return sorted(name for name in names if (root / name).is_file())


def copy_project(root: Path, copy: Path, edition: str) -> None:
    """Copy the project without anything that its stages wrote.

    Args:
        root: the project's folder.
        copy: a folder that does not exist yet.
        edition: the edition whose raw data comes along, also where git ignores it.

    Raises:
        DataError: the edition's raw data is not there.
        Hw1Error: the project is in no git repository.
    """
    raw = RAW / edition
    if not (root / raw).is_dir():
        raise DataError(f"{raw} is not there; `hw1 fetch {edition}` or `dvc checkout` bring it")
    left_out = {str(LOCK_FILE), raw.as_posix(), *written_by_stages(root)}
    for name in project_files(root):
        if left_out.isdisjoint({name, *(parent.as_posix() for parent in Path(name).parents)}):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, copy / name)
    shutil.copytree(root / raw, copy / raw)
    (copy / ".dvc" / "config.local").write_text(SETTINGS, encoding="utf-8")
    # DVC wants a repository; without a commit, hooks and signing have nothing to do
    _git(copy, "init", "-q")


def written_by_stages(root: Path) -> set[str]:
    """Files and folders that dvc.yaml has stages write, relative to `root`."""
    stages = load_yaml((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    outs = (
        out
        for stage in stages.values()
        for kind in ("outs", "metrics", "plots")
        for out in stage.get(kind, [])
    )
    return {out if isinstance(out, str) else next(iter(out)) for out in outs}


def _git(folder: Path, *words: str) -> bytes:
    variables = environment(folder, 0)
    ran = subprocess.run(
        ["git", *words], cwd=folder, env=variables, capture_output=True, check=False
    )
    if ran.returncode != 0:
        raise Hw1Error(f"git {words[0]} fails: {ran.stderr.decode('utf-8', 'replace').strip()}")
    return ran.stdout


def environment(copy: Path, seed: int) -> dict[str, str]:
    """The environment of this process for a pipeline that keeps to its own folder.

    Args:
        copy: the copy's folder; caches and settings that DVC keeps outside a project stay in it.
        seed: of Python's hashes, on which the order of sets depends.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    own = copy / ".dvc" / "tmp"
    programs = str(Path(sys.executable).parent)
    return kept | {
        "PATH": os.pathsep.join([programs, kept.get("PATH", "")]),
        "PYTHONHASHSEED": str(seed),
        "PYTHONUNBUFFERED": "1",
        "HW1_WARM": "0",
        "DVC_NO_ANALYTICS": "1",
        "DVC_GLOBAL_CONFIG_DIR": str(own / "global"),
        "DVC_SYSTEM_CONFIG_DIR": str(own / "system"),
        "DVC_SITE_CACHE_DIR": str(own / "site"),
    }
