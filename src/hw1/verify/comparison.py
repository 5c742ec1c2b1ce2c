"""Two runs side by side: the first stage that wrote something else, and where."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from hw1.verify.content import first_difference
from hw1.verify.results import Results, files_below, is_folder


def find_difference(a: Results, b: Results) -> str | None:
    """What the first stage that did not write the same in both runs wrote differently.

    Returns:
        A sentence that names the stage and the first file; None where all outputs are the same.
    """
    for stage in a.stages:
        if stage not in b.stages:
            return f"stage `{stage}` ran in {a.name}, but not in {b.name}"
        mine, theirs = a.outs(stage), b.outs(stage)
        for path in sorted({*mine, *theirs}):
            if mine.get(path) != theirs.get(path):
                place = _described(a, b, path, is_folder(mine.get(path, "")))
                return f"stage `{stage}` wrote another {place}"
    return None


def find_other_lock(a: Results, b: Results) -> str | None:
    """The first line in which the locks of two runs with the same outputs differ; None: none."""
    pairs = zip_longest(a.text.splitlines(), b.text.splitlines(), fillvalue="")
    for line, (mine, theirs) in enumerate(pairs, start=1):
        if mine != theirs:
            return f"dvc.lock, line {line}: `{mine.strip()}` and `{theirs.strip()}`"
    return None


def find_other_source(a: Results, b: Results) -> str | None:
    """What two runs do not have in common of all that their outputs come from.

    Returns:
        The first such thing: a stage, a section of the parameters, or a file; None: all is common.
    """
    for stage in a.stages:
        if stage not in b.stages:
            return f"stage `{stage}`"
        mine, theirs = a.sources(stage), b.sources(stage)
        for name in sorted({*mine, *theirs}):
            if mine.get(name) != theirs.get(name):
                return f"{name} of stage `{stage}`"
    return None


def _described(a: Results, b: Results, path: str, folder: bool) -> str:
    """The file of an output that differs, whose files these are, and where they differ."""
    first, second = a.folder / path, b.folder / path
    if folder and first.is_dir() and second.is_dir():
        mine, theirs = files_below(first), files_below(second)
        names = sorted({*mine, *theirs})
        name = next((name for name in names if mine.get(name) != theirs.get(name)), None)
        if name is not None:
            path, first, second = f"{path}/{name}", first / name, second / name
    return f"{path} in {b.name} than in {a.name}{_where(first, second)}"


def _where(first: Path, second: Path) -> str:
    """Where two files differ; says so where the disk does not hold what dvc.lock tells of."""
    if not first.exists() or not second.exists():
        return ": one of them is not there"
    if first.is_dir() or second.is_dir():
        return ": its hash in dvc.lock is not that of its files"
    place = first_difference(first, second)
    return f": {place}" if place else ": its hash in dvc.lock is not that of the file"
