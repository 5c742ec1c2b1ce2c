"""dvc.lock, which DVC writes over in its place: what is left of one if DVC is killed meanwhile.

An earlier one does no harm: DVC compares it with the files that are there, runs the stages for
which they differ, and finds what others made in its cache.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from yaml import YAMLError

from hw1.core.errors import Hw1Error
from hw1.core.files import write_bytes, write_text
from hw1.core.place import STATE
from hw1.lineage.git import text_at
from hw1.lineage.lock import LOCK_FILE
from hw1.lineage.plain_yaml import load_yaml

LOCK_FILES = (LOCK_FILE, Path("lectures") / LOCK_FILE)
CONFLICT = "<<<<<<< "


def remember_lock(root: Path, path: Path = LOCK_FILE) -> None:
    """Keep a copy of a dvc.lock that is whole.

    Args:
        root: the project's folder.
        path: the file in it.
    """
    text = _read(root / path)
    if text is not None and text != _read(_copy(root, path)):
        write_text(_copy(root, path), text)


def mend_lock(root: Path, path: Path) -> str | None:
    """Put the last whole dvc.lock in the place of a torn one; remember one that is whole.

    What a torn one held is kept beside the copy of a whole one.

    Args:
        root: the project's folder, in which no DVC is at work.
        path: the file in it.

    Returns:
        What was done; None where nothing had to be.

    Raises:
        Hw1Error: it holds a conflict, which is for a person to resolve.
    """
    text, kept = _read(root / path), _read(_copy(root, path))
    if text is None or text == kept:
        return None
    if is_whole(text):
        remember_lock(root, path)
        return None
    if any(line.startswith(CONFLICT) for line in text.splitlines()):
        raise Hw1Error(
            f"{path} holds a conflict of a merge; `git checkout --ours {path}` takes your side, "
            "`--theirs` the other, and the next run brings it up to date"
        )
    earlier = {
        "that of the last run": kept,
        "the committed one": text_at(root, "HEAD", f"./{path.as_posix()}"),
    }
    kept_as = _keep_torn(root, path)
    for name, candidate in earlier.items():
        if candidate is not None and is_whole(candidate):
            write_text(root / path, candidate)
            return f"{path} was torn; it is {name} again{kept_as}"
    (root / path).unlink()
    return f"{path} was torn, and there is no earlier one; the next run writes it anew{kept_as}"


def _keep_torn(root: Path, path: Path) -> str:
    """Keep what a torn file holds; where, as the end of a message, which is empty if it is."""
    content = (root / path).read_bytes()
    if not content:
        return ""
    kept = STATE / path.with_name(f"{path.name}.torn")
    write_bytes(root / kept, content)
    return f" ({kept} keeps what it held)"


def is_whole(text: str) -> bool:
    """Whether a text is a dvc.lock to its end.

    Of some that are cut off, what is left is YAML: then it breaks off within its last entry.
    """
    if not text.endswith("\n"):
        return False
    try:
        content = load_yaml(text)
        return bool(content["schema"]) and all(map(_is_entry, content["stages"].values()))
    except (YAMLError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _is_entry(entry: Any) -> bool:
    items = [*entry.get("deps", []), *entry.get("outs", [])]
    return bool(entry["cmd"]) and all(map(_is_item, items))


def _is_item(item: Any) -> bool:
    """Whether all that DVC notes of a file or folder is there.

    Of what is at an address it notes what the place says, and a size only if that says one.
    """
    if "files" in item:
        return all(bool(file["relpath"]) and _is_item(file) for file in item["files"])
    if "md5" not in item:
        return bool(item.get("checksum") or item.get("etag") or item.get("dataset"))
    digest = str(item["md5"])
    name, _, suffix = digest.partition(".")
    is_file = len(name) == 32 and suffix == ""
    is_folder = len(name) == 32 and suffix == "dir" and isinstance(item["nfiles"], int)
    return isinstance(item["size"], int) and (is_file or is_folder)


def _copy(root: Path, path: Path) -> Path:
    return root / STATE / path


def _read(path: Path) -> str | None:
    """A file's text; None where there is none, something else than any lock where it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        return ""
