"""Keep DVC out for a moment, if it is not at work: its locks, and what a killed one left there.

DVC holds `.dvc/tmp/lock` while it works by itself, and lets go of it while a stage runs. Who reads
and writes which files meanwhile stands in `.dvc/tmp/rwlock`, that is changed under `rwlock.lock`.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hw1.core.errors import Hw1Error
from hw1.core.place import require_dvc_folder
from hw1.mend.processes import stages_at_work, writer_lives

TMP = Path(".dvc/tmp")
HOLDERS = TMP / "rwlock"
LOCKS = (TMP / "lock", TMP / "rwlock.lock")
CONFIGS = (Path(".dvc/config"), Path(".dvc/config.local"))
BUSY = (errno.EWOULDBLOCK, errno.EACCES)  # what the system says of a lock that another holds
PATIENCE = 10.0  # seconds for stages whose DVC was killed, which end by themselves


class BusyError(Hw1Error):
    """DVC is at work in the project.

    Attributes:
        who: the process.
    """

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} is at work here; nothing is mended until it has ended")
        self.who = who


@dataclass(frozen=True)
class Holder:
    """A process that DVC has down as a reader or writer.

    Attributes:
        pid: its number.
        command: its command line, as DVC gives it.
    """

    pid: int
    command: str


@contextmanager
def keeping_dvc_out(root: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold DVC's locks; a DVC that starts meanwhile waits for some seconds.

    Args:
        root: the project's folder.
        say: told of what a killed DVC had left there, which is removed.

    Raises:
        BusyError: DVC is at work, or a stage that it left.
        Hw1Error: it is no DVC project, or its disk has no locks.
    """
    require_dvc_folder(root / TMP)
    (root / TMP).mkdir(parents=True, exist_ok=True)
    hold = _hold_link if _are_links(root) else _hold
    with ExitStack() as held:
        for path in LOCKS:
            held.callback(hold(root, path))
        _forget_killed(root, say)
        yield


def _hold(root: Path, path: Path) -> Callable[[], object]:
    """Hold a lock of DVC's; returns what lets go of it."""
    from zc.lockfile import LockError, SimpleLockFile

    try:
        lock = SimpleLockFile(str(root / path))
    except LockError as problem:
        cause = problem.__context__
        if isinstance(cause, OSError) and cause.errno not in BUSY:
            raise Hw1Error(
                f"{root / path} cannot be locked ({os.strerror(cause.errno or 0)}); where the disk "
                "has no locks, `dvc config core.hardlink_lock true` has DVC do without"
            ) from None
        raise BusyError(_named(_pid_in(root / path))) from None
    let_go: Callable[[], object] = lock.close
    return let_go


def _hold_link(root: Path, path: Path) -> Callable[[], object]:
    """Likewise where DVC's locks are links; nobody can tell whether their holder lives."""
    from dvc.lock import LockError, make_lock

    lock = make_lock(str(root / path), tmp_dir=str(root / TMP), hardlink_lock=True)
    try:
        lock.lock()
    except LockError:
        raise BusyError(f"DVC (if none runs on any machine, `rm {path}`)") from None
    let_go: Callable[[], object] = lock.unlock
    return let_go


def _are_links(root: Path) -> bool:
    """Whether DVC is told to lock by links; it is asked only where its settings may say so."""
    for path in CONFIGS:
        with suppress(FileNotFoundError):
            if "hardlink_lock" in (root / path).read_text(encoding="utf-8"):
                from dvc.config import Config

                return bool(Config(str(root / ".dvc"))["core"].get("hardlink_lock", False))
    return False


def _forget_killed(root: Path, say: Callable[[str], None]) -> None:
    path = root / HOLDERS
    try:
        content, written = path.read_bytes(), path.stat().st_mtime
    except OSError:
        return
    trouble = "named a process that is gone"
    try:
        holders = _holders(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        holders, trouble = None, "was torn"
    if holders == set():
        return
    for holder in holders or ():
        if writer_lives(holder.pid, written):
            raise BusyError(_named(holder.pid, holder.command))
    _wait_for_stages(root)
    path.unlink(missing_ok=True)
    say(f"{HOLDERS} {trouble}; removed")


def _holders(content: Any) -> set[Holder]:
    """Who reads and writes, from the file's content; what is not as DVC writes it raises."""
    infos = list(content.get("write", {}).values())
    for readers in content.get("read", {}).values():
        infos += list(readers)
    return {Holder(int(info["pid"]), str(info["cmd"])) for info in infos}


def _wait_for_stages(root: Path) -> None:
    """Wait for the stages of a DVC that was killed, which end by themselves.

    Raises:
        BusyError: one does not, or has a DVC.
    """
    end = time.monotonic() + PATIENCE
    while stages := stages_at_work(root):
        for stage in stages:
            if stage.dvc is not None:
                raise BusyError(_named(stage.dvc))
        if time.monotonic() > end:
            pid = stages[0].pid
            raise BusyError(f"a stage whose DVC was killed (process {pid}; `kill {pid}` ends it)")
        time.sleep(0.1)


def _pid_in(lock: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(lock.read_text(encoding="utf-8"))
    return None


def _named(pid: int | None, command: str = "") -> str:
    words = f"`dvc {command.partition(' ')[2]}`" if command else "DVC"
    return f"{words} (process {pid})" if pid else words
