"""The bytes behind dvc.lock: from the workspace, or from DVC's cache."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Protocol

from hw1.core.errors import DataError
from hw1.lineage.lock import Lock

MD5 = re.compile(r"[0-9a-f]{32}(\.dir)?")
DIRECTORY = ".dir"  # what DVC puts behind the MD5 of a folder's listing


class Blobs(Protocol):
    """Files of one variant that DVC tracks."""

    def read(self, path: str) -> bytes:
        """A file's content, exactly as the variant's dvc.lock has it.

        Raises:
            DataError: it is not there any more.
        """
        ...


class WorkspaceBlobs:
    """The files as they stand in the workspace."""

    def __init__(self, lock: Lock, folder: Path = Path()) -> None:
        self._outs = lock.outs()
        self._folder = folder

    def read(self, path: str) -> bytes:
        """A file's content; refused where it is not what dvc.lock describes."""
        try:
            content = (self._folder / path).read_bytes()
        except OSError as problem:
            raise DataError(f"{path}: {problem.strerror}; `dvc repro` makes it") from None
        expected = self._outs.get(path)
        if expected is not None and hashlib.md5(content).hexdigest() != expected:
            raise DataError(f"{path} is not what dvc.lock describes; run `dvc repro`")
        return content


class CacheBlobs:
    """The files in DVC's cache, whatever stands in the workspace."""

    def __init__(self, lock: Lock, cache: Path) -> None:
        self._outs = lock.outs()
        self._cache = cache

    def read(self, path: str) -> bytes:
        """A file's content, from the cache."""
        if path in self._outs:
            return self._content(self._outs[path], path)
        for folder, md5 in self._outs.items():
            if md5.endswith(DIRECTORY) and path.startswith(f"{folder}/"):
                listing = json.loads(self._content(md5, folder))
                inside = {f"{folder}/{entry['relpath']}": entry["md5"] for entry in listing}
                if path in inside:
                    return self._content(inside[path], path)
        raise DataError(f"{path} is no output of this variant")

    def _content(self, md5: str, path: str) -> bytes:
        if not MD5.fullmatch(md5):  # it comes from a commit that may be a stranger's
            raise DataError(f"{path}: `{md5}` in dvc.lock is no MD5")
        try:
            content = (self._cache / md5[:2] / md5[2:]).read_bytes()
        except OSError:
            raise DataError(
                f"{path} (MD5 {md5}) is not in DVC's cache any more; `dvc fetch` or `dvc exp pull` "
                "bring it back from a remote, a rerun makes it anew"
            ) from None
        if hashlib.md5(content).hexdigest() != md5.removesuffix(DIRECTORY):
            raise DataError(f"{path} (MD5 {md5}) is damaged in DVC's cache; a rerun makes it anew")
        return content


def cache_folder(root: Path) -> Path:
    """The folder in which DVC's cache of a project keeps files by their MD5."""
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        return Path(str(repo.cache.local.path))
