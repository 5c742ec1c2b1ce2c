"""What files hold, also inside what packs or holds other files."""

import bz2
import gzip
import io
import lzma
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
PACKED: dict[bytes, tuple[Unpack, type[Exception]]] = {
    b"\x1f\x8b": (gzip.decompress, EOFError),
    b"BZh": (bz2.decompress, ValueError),
    b"\xfd7zXZ": (lzma.decompress, lzma.LZMAError),
    **{bytes([0x78, level]): (zlib.decompress, zlib.error) for level in (0x01, 0x5E, 0x9C, 0xDA)},
}
GIT = re.compile(rb"(blob|tree|commit|tag) \d+\0")
SQLITE = b"SQLite format 3\0"


def files_below(folder: Path) -> Iterator[Path]:
    """All files of a folder and its folders, links left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def all_contents(content: bytes, place: str, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """A file's content and all that is packed in it, each with the name of its place."""
    yield place, content
    if depth < DEEPEST:
        for name, inner in _inside(content):
            yield from all_contents(inner, f"{place}: {name}", depth + 1)


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
