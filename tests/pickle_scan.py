"""Find pickles in files, also inside what packs or holds other files."""

import pickletools
from collections.abc import Iterator
from pathlib import Path

from file_contents import all_contents, files_below

FEWEST = 3
"""Operations after which a file that begins like a pickle is one; joblib puts arrays between."""


def find_pickles(folder: Path) -> Iterator[str]:
    """Paths of the files below a folder that are or hold pickles, with the place inside.

    What Python itself keeps of modules (`__pycache__`) is left out.
    """
    for path in scanned_files(folder):
        yield from pickles_in(path.read_bytes(), path.relative_to(folder).as_posix())


def scanned_files(folder: Path) -> Iterator[Path]:
    """The files below a folder in which pickles are searched for."""
    return (path for path in files_below(folder) if "__pycache__" not in path.parts)


def pickles_in(content: bytes, place: str) -> Iterator[str]:
    """The places of pickles in a file's content."""
    for inner, part in all_contents(content, place):
        if is_pickle(part):
            yield inner
        if part.startswith(b"\x93NUMPY") and b"|O" in part[:1024]:
            yield f"{inner}: an array of objects"
        if part.startswith(b"\x89HDF"):
            yield f"{inner}: HDF5, in which pandas keeps pickles"


def is_pickle(content: bytes) -> bool:
    """Whether it begins as pickles since protocol 2 do, or can be read as one to its end."""
    operations = 0
    try:
        for operation, _, start in pickletools.genops(content):
            operations += 1
            marked = content[0] == 0x80 and content[1] <= 5
            if marked and operations >= FEWEST:
                return True
            if operation.name == "STOP":
                return operations > 1 and (marked or not content[start + 1 :].strip())
    except Exception:  # whatever it raises on what is none
        return False
    return False
