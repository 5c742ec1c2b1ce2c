"""Put DVC's queue of experiments right after one of its workers was killed.

DVC notices the end of an experiment that fails or is killed. Where the worker that has started it
is killed, nobody is left to notice: the experiment is "Running" for ever, also when it has come to
its end, `dvc exp run --run-all` waits for it for ever, and its temporary folder stays.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1.core.errors import Hw1Error
from hw1.core.sections import PARAMS_FILE
from hw1.lineage import git
from hw1.lineage.git import SHORT
from hw1.lineage.restoring import changes_since
from hw1.variants import set_param

if TYPE_CHECKING:
    import psutil

EXPERIMENTS = Path(".dvc/tmp/exps")
AT_WORK = "the queue's processes are at work"
QUEUE = ("queue-worker", "exec-run")  # commands of `dvc exp`
TEMP = "--temp"  # an option of `dvc exp run`, whose folder stands beside those of the queue


def mend_queue(root: Path) -> list[str]:
    """Take over the results of experiments that nobody waits for any more.

    One that has come to its end becomes an experiment, one that has not is marked as failed. What
    they have left is removed.

    Nothing is touched as long as a worker of the queue is at work, or an experiment that one has
    left behind.

    Args:
        root: the project's root.

    Returns:
        For each experiment a line for a person, with the command that queues a failed one again;
        or one line that says who is at work.

    Raises:
        Hw1Error: DVC cannot read its queue.
    """
    if not (root / EXPERIMENTS / "celery").is_dir():
        return []
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    # before anybody is looked for: whoever begins later has another folder
    folders = list((root / EXPERIMENTS).glob("tmp*"))
    try:
        with Repo(str(root)) as repo:
            told = _mend_entries(root, repo)
    except DvcException as problem:
        raise Hw1Error(
            f"DVC cannot mend its queue: {problem}; once `dvc queue status` works, mend again"
        ) from problem
    for folder in folders:
        if any(_processes(root, (*QUEUE, TEMP))):
            break
        shutil.rmtree(folder, ignore_errors=True)
    return told


def _mend_entries(root: Path, repo: Any) -> list[str]:
    queue = repo.experiments.celery_queue
    busy = list(_processes(root, QUEUE))
    dead = list(queue.iter_active())  # after that: what has just ended is none of them
    if busy:
        return [_is_busy(busy)] if dead else []
    told: list[str] = []
    for entry in dead:
        if busy := list(_processes(root, QUEUE)):  # one may have begun meanwhile
            return [*told, _is_busy(busy)]
        _end_process(queue, entry.stash_rev)
        queue.kill([entry.stash_rev])  # there is nothing to kill: it marks it as ended
        told.append(_told(root, entry, collected=_collect(repo, entry)))
    return told


def _processes(root: Path, words: Sequence[str]) -> Iterator[psutil.Process]:
    """Those in a project with one of some words on their command line."""
    import psutil

    place = root.resolve()
    for process in psutil.process_iter():
        try:
            is_one = not set(words).isdisjoint(process.cmdline())
            if is_one and Path(process.cwd()).is_relative_to(place):
                yield process
        except psutil.Error:  # it has ended, or is another person's
            continue


def _end_process(queue: Any, name: str) -> None:
    """Let DVC know that a process has ended, also one that was to come.

    Its number may be another's by now; and who waits for the experiment looks for its end here.
    """
    from dvc_task.proc.process import ProcessInfo

    info = queue.proc.get(name)
    if info is None:
        Path(queue.pid_dir, name).mkdir(parents=True, exist_ok=True)
        info = ProcessInfo(pid=0, stdin=None, stdout=os.devnull, stderr=None, returncode=None)
    if info.returncode is None:
        info.returncode = -signal.SIGKILL
        queue.proc[name] = info


def _is_busy(processes: Sequence[psutil.Process]) -> str:
    numbers = ", ".join(str(process.pid) for process in processes)
    return (
        f"{AT_WORK} ({numbers}): wait until they have ended, or end them "
        "by `dvc queue stop --kill`; then mend again"
    )


def _collect(repo: Any, entry: Any) -> bool:
    """Let an experiment's commit come from its temporary folder, if it has come to its end there.

    DVC takes the note of that for the result: where there is no commit, the note is removed.
    """
    from dvc.repo.experiments.executor.base import ExecutorInfo
    from dvc.repo.experiments.queue.tasks import collect_exp

    note = Path(repo.experiments.celery_queue.get_infofile_path(entry.stash_rev))
    try:
        result = ExecutorInfo.load_json(str(note)).result
    except (OSError, ValueError):  # it has not begun
        return False
    if result is not None and result.ref_info is not None:
        collect_exp({}, entry.asdict())
        if repo.scm.get_ref(str(result.ref_info)) is not None:
            return True
    note.unlink()
    return False


def _told(root: Path, entry: Any, *, collected: bool) -> str:
    name = entry.name or entry.stash_rev[:SHORT]
    if collected:
        return f"experiment `{name}` had come to its end when its worker was killed; it is kept"
    return (
        f"experiment `{name}` was under way when its worker was killed; it is marked as failed; "
        f"to queue it again: {_again(root, entry)}"
    )


def _again(root: Path, entry: Any) -> str:
    words = ["dvc", "exp", "run", "--queue", *(["--name", entry.name] if entry.name else [])]
    text = git.text_at(root, entry.stash_rev, f"./{PARAMS_FILE}")
    changes = [] if text is None else changes_since(root, entry.baseline_rev, text)
    words += [word for change in changes for word in ("-S", set_param(*change))]
    return shlex.join(words)
