"""Bringing an edition of the homework into the project, where DVC tracks it and git does not."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hw1.core.errors import DataError, Hw1Error
from hw1.core.files import names_the_file, write_bytes
from hw1.core.layout import RAW
from hw1.core.trouble import words_hint
from hw1.ingest.chains import find_chains
from hw1.ingest.mixups import Finding
from hw1.ingest.plausible import find_implausible, refused_names, told
from hw1.ingest.reading import (
    SOLUTION_NAME,
    TEST_NAMES,
    TRAIN_NAMES,
    Edition,
    find_file,
    read_edition,
)
from hw1.kaggle_download import download, unpack
from hw1.params.ingest import EDITION_PATTERN

SAMPLE = "sample"
YEAR = re.compile(r"20\d\d")
NAMES = (*TRAIN_NAMES, *TEST_NAMES, SOLUTION_NAME)


@dataclass(frozen=True)
class FetchedEdition:
    """What was brought in.

    Attributes:
        folder: where its files stand now.
        edition: its tables, checked.
        findings: what looks like a mix-up.
    """

    folder: Path
    edition: Edition
    findings: list[Finding]


def fetch_edition(
    edition: str,
    source: Path | None,
    project_root: Path,
    competition: str | None = None,
    *,
    force: bool = False,
) -> FetchedEdition:
    """Put an edition's files into `data/raw/<edition>/`, checked and tracked by DVC.

    The files are checked before anything is touched; an earlier edition of the same name stays
    as it was if anything fails. The `.dvc` file is staged in git, so that experiments in
    temporary folders find the data too; the files themselves stay out of git.

    Args:
        edition: name of the folder, such as `2022`.
        source: a folder, or a zip archive, with the training and the test file and perhaps
            `solution.csv`; None downloads them from Kaggle.
        project_root: the project's folder, in which DVC is initialised.
        competition: Kaggle's name of the homework; None: `ml<edition>spring-hw1`.
        force: also bring in files that look mixed up.

    Raises:
        DataError: the files are missing, do not have the homework's structure or look mixed up.
        Hw1Error: the name is not valid, or Kaggle's client, DVC or git fail.
    """
    if re.fullmatch(EDITION_PATTERN, edition) is None:
        raise Hw1Error(f"{edition!r} cannot name an edition: letters, digits, - and _ only")
    if edition == SAMPLE:
        raise Hw1Error(f"`{SAMPLE}` is the simulated edition that git tracks; choose another name")
    if not (project_root / ".dvc").is_dir():
        raise Hw1Error(
            f"{project_root.resolve()} is no DVC project; run this in the project's folder"
        )
    target = RAW / edition
    with tempfile.TemporaryDirectory(prefix="hw1-fetch-") as temporary:
        folder = _obtain(edition, source, competition, Path(temporary))
        tables = read_edition(folder)
        findings = find_implausible(tables, find_chains(tables.train, tables.structure))
        names = refused_names(findings)
        if names and not force:
            raise DataError(
                f"{told(findings, names, folder)}\n"
                f"to bring the files in as they are: hw1 fetch {edition} --force"
            )
        _refuse_files_in_git(project_root, target)
        _replace(folder, project_root, target)
    return FetchedEdition(project_root / target, tables, findings)


def _obtain(edition: str, source: Path | None, competition: str | None, temporary: Path) -> Path:
    """Folder in which the edition's files stand, downloaded or unpacked if need be."""
    if source is None:
        if competition is None and not YEAR.fullmatch(edition):
            raise Hw1Error(
                f"edition `{edition}` is no year: name Kaggle's competition, or give a folder"
            )
        download(competition or f"ml{edition}spring-hw1", temporary, NAMES)
        return temporary
    if not source.exists():
        raise DataError(f"{source} does not exist; give a folder or zip with {TRAIN_NAMES[0]}")
    if source.is_dir():
        return source
    unpack(source, temporary, NAMES)
    return temporary


def _replace(folder: Path, project_root: Path, target: Path) -> None:
    """Copy the files of `folder` to `target` and track them; undo all of it on any failure."""
    place = project_root / target
    pointer = place.with_name(f"{target.name}.dvc")
    pointed = pointer.read_bytes() if pointer.exists() else None
    with names_the_file(target), _folder_beside(place) as beside:
        fresh, earlier = Path(beside) / "fresh", Path(beside) / "earlier"
        _copy(folder, fresh)
        try:
            if place.exists():
                place.rename(earlier)
            fresh.rename(place)
            _track(project_root, target)
        except BaseException:
            if not fresh.exists():
                place.rename(fresh)
            if earlier.exists():
                earlier.rename(place)
            if pointed is None:
                pointer.unlink(missing_ok=True)
            elif not pointer.exists() or pointer.read_bytes() != pointed:
                write_bytes(pointer, pointed)
            raise


@contextmanager
def _folder_beside(place: Path) -> Iterator[str]:
    """A temporary folder on the same disk."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{place.name}.", dir=place.parent) as beside:
        yield beside


def _copy(folder: Path, fresh: Path) -> None:
    fresh.mkdir()
    files = [find_file(folder, TRAIN_NAMES), find_file(folder, TEST_NAMES)]
    files += [path for path in [folder / SOLUTION_NAME] if path.exists()]
    for path in files:
        shutil.copyfile(path, fresh / path.name)


def _track(project_root: Path, target: Path) -> None:
    """Let DVC track the folder, and git the small file that points to it."""
    added = _run([sys.executable, "-m", "dvc", "add", target.as_posix()], project_root)
    if added.returncode != 0:
        raise Hw1Error(f"DVC cannot track {target}: {_said(added.stderr)}")
    if not _in_git(project_root):
        return
    probe = target / TRAIN_NAMES[0]
    if _run(["git", "check-ignore", "--quiet", probe.as_posix()], project_root).returncode != 0:
        raise Hw1Error(f"git would track {probe}: `/{RAW.as_posix()}/*` belongs into .gitignore")
    pointer = f"{target.as_posix()}.dvc"
    staged = _run(["git", "add", "--", pointer], project_root)
    if staged.returncode != 0:
        raise Hw1Error(f"git cannot stage {pointer}: {staged.stderr.strip()}")


def _said(printed: str) -> str:
    """What DVC says is wrong, without its invitation to ask; what to do where that is known."""
    lines = printed.splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    said = "; ".join(errors) or printed.strip()
    todo = words_hint(said)
    return f"{said}; {todo}" if todo else said


def _refuse_files_in_git(project_root: Path, target: Path) -> None:
    if not _in_git(project_root):
        return
    tracked = _run(["git", "ls-files", "--", target.as_posix()], project_root).stdout.split()
    if tracked:
        raise Hw1Error(
            f"git tracks {tracked[0]}; an edition is not ours to publish: "
            f"`git rm -r --cached {target}` first"
        )


def _in_git(project_root: Path) -> bool:
    if shutil.which("git") is None:
        return False
    return _run(["git", "rev-parse", "--is-inside-work-tree"], project_root).returncode == 0


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
