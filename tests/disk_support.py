"""A project on a disk that is full, or in a place that cannot be written to.

Both are real: a file system in memory of a given size, or a read-only view of a folder, in a mount
namespace of its own. It goes when the process that holds it does, and that one ends with the test,
however the test ends; nothing else on the machine sees it.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from pipeline_support import environment

LARGE = "1g"  # room enough for whatever a test writes

FULL = """
set -e
mkdir -p "$0"
mkdir "$1"
mount --bind "$0" "$1"
mount -t tmpfs -o mode=755,size={large} tmpfs "$0"
cp -a "$1/." "$0/"
umount "$1"
rmdir "$1"
"""
READ_ONLY = """
set -e
mkdir -p "$0"
mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
"""
HOLD = "echo held; exec cat"  # until its input is closed


@dataclass(frozen=True)
class Disk:
    """A place of a project, as the commands that `run` starts see it.

    Attributes:
        root: the project's folder.
        place: the folder that is full or read-only, absolute.
        holder: the process that holds the mount namespace.
        read_only: whether nothing can be written there; else there is little room.
    """

    root: Path
    place: Path
    holder: int
    read_only: bool

    def run(
        self, *command: str, extra: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the project, which may fail; `extra` are environment variables."""
        return subprocess.run(
            [*self._entered(), "sh", "-c", 'cd "$0" && exec "$@"', str(self.root), *command],
            env=environment() | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def leave(self, room: int) -> None:
        """Leave so many bytes, in whole pages, for new files."""
        seen = os.statvfs(self.seen(self.place))
        used = (seen.f_blocks - seen.f_bfree) * seen.f_frsize
        self._remount(f"size={max(used + room, seen.f_frsize)}")  # 0 would be no limit

    def mend(self) -> None:
        """Give the place room, or let it be written to again."""
        self._remount("bind,rw" if self.read_only else f"size={LARGE}")

    def seen(self, path: Path) -> Path:
        """A path by which this process sees what the commands see."""
        return Path(f"/proc/{self.holder}/root{path}")

    def text(self, name: str) -> str:
        """The text of one of the project's files."""
        return self.seen(self.root / name).read_text()

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace one piece of a file's text; also where there is no room."""
        content = self.text(name)
        assert old in content, f"{name} does not hold {old!r}"
        self.seen(self.root / name).write_text(content.replace(old, new, 1))

    def _remount(self, options: str) -> None:
        # with a source named, `mount` adds no options of its own, such as users unknown in here
        words = ["mount", "-o", f"remount,{options}", "none", str(self.place)]
        subprocess.run([*self._entered(), *words], check=True)

    def _entered(self) -> list[str]:
        user = [] if os.getuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(self.holder), *user, "--mount", "--"]


@contextmanager
def full_disk(root: Path, place: str, room: int) -> Iterator[Disk]:
    """Put one folder of a project on a disk of its own with so many bytes left."""
    with _held(root, root / place, FULL.format(large=LARGE), read_only=False) as disk:
        disk.leave(room)
        yield disk


@contextmanager
def read_only_place(root: Path, place: str) -> Iterator[Disk]:
    """Let nothing be written in one folder of a project."""
    with _held(root, root / place, READ_ONLY, read_only=True) as disk:
        yield disk


@contextmanager
def _held(root: Path, place: Path, script: str, *, read_only: bool) -> Iterator[Disk]:
    reason = _refused()
    if reason:
        pytest.skip(f"this system mounts nothing for a test: {reason}")
    aside = root.with_name(f"{root.name}.aside")
    with _holder(script + HOLD, str(place), str(aside)) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield Disk(root, place, holder.pid, read_only)


@contextmanager
def _holder(script: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    user = [] if os.getuid() == 0 else ["--map-root-user"]
    command = ["unshare", *user, "--mount", "--propagation", "private", "sh", "-c", script, *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as holder:
        yield holder


@cache
def _refused() -> str:
    """Why no place can be made full or read-only here; empty where it can."""
    if not shutil.which("unshare") or not shutil.which("nsenter"):
        return "it has no `unshare` and `nsenter`"
    with _holder("mount -t tmpfs -o size=4k tmpfs /mnt && echo held") as holder:
        told, trouble = holder.communicate()
    return "" if told == "held\n" else trouble.strip()
