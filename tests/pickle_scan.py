"""Find pickles in files, also inside what packs or holds other files."""

import bz2
import gzip
import io
import lzma
import pickletools
import re
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

Unpack = Callable[[bytes], bytes]

DEEPEST = 4
FEWEST = 3
"""Operations after which a file that begins like a pickle is one; joblib puts arrays between."""
PACKED: dict[bytes, tuple[Unpack, type[Exception]]] = {
    b"\x1f\x8b": (gzip.decompress, EOFError),
    b"BZh": (bz2.decompress, ValueError),
    b"\xfd7zXZ": (lzma.decompress, lzma.LZMAError),
    **{bytes([0x78, level]): (zlib.decompress, zlib.error) for level in (0x01, 0x5E, 0x9C, 0xDA)},
}
GIT = re.compile(rb"(blob|tree|commit|tag) \d+\0")
SQLITE = b"SQLite format 3\0"


def find_pickles(folder: Path) -> Iterator[str]:
    """Paths of the files below a folder that are or hold pickles, with the place inside.

    What Python itself keeps of modules (`__pycache__`) is left out.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            yield from pickles_in(path.read_bytes(), path.relative_to(folder).as_posix())


def pickles_in(content: bytes, place: str, depth: int = 0) -> Iterator[str]:
    """The places of pickles in a file's content."""
    if depth > DEEPEST:
        return
    if is_pickle(content):
        yield place
    if content.startswith(b"\x93NUMPY") and b"|O" in content[:1024]:
        yield f"{place}: an array of objects"
    if content.startswith(b"\x89HDF"):
        yield f"{place}: HDF5, in which pandas keeps pickles"
    for name, inner in _inside(content):
        yield from pickles_in(inner, f"{place}: {name}", depth + 1)


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


def _inside(content: bytes) -> Iterator[tuple[str, bytes]]:
    for start, (unpack, problem) in PACKED.items():
        if content.startswith(start):
            try:
                unpacked = unpack(content)
            except (problem, OSError, EOFError):
                continue
            yield "unpacked", GIT.sub(b"", unpacked, count=1) if GIT.match(unpacked) else unpacked
    if content.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist())
    if content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive.getmembers():
                if member.isfile():
                    yield member.name, archive.extractfile(member).read()
    if content.startswith(SQLITE):
        yield from _cells(content)


def _cells(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Everything in a database that is neither text nor a number."""
    with closing(sqlite3.connect(":memory:")) as database:
        # a file in write-ahead mode could not be opened without its folder
        database.deserialize(content[:18] + b"\x01\x01" + content[20:])
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                yield from ((table, cell) for cell in row if isinstance(cell, bytes))
