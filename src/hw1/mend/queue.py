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

from hw1.core.sections import PARAMS_FILE
from hw1.lineage import git
from hw1.lineage.git import SHORT
from hw1.lineage.restoring import changes_since
from hw1.variants import set_param

if TYPE_CHECKING:
    import psutil

EXPERIMENTS = Path(".dvc/tmp/exps")
WORKER, EXECUTOR = "queue-worker", "exec-run"  # commands of `dvc exp`


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
    """
    if not (root / EXPERIMENTS / "celery").is_dir():
        return []
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        queue = repo.experiments.celery_queue
        busy = [*_processes(root, WORKER), *_processes(root, EXECUTOR)]
        dead = list(queue.iter_active())  # after that: what has just ended is none of them
        if busy:
            return [_is_busy(busy)] if dead else []
        for entry in dead:
            _end_process(queue, entry.stash_rev)
            queue.kill([entry.stash_rev])  # there is nothing to kill: it marks it as ended
        told = [_told(root, entry, collected=_collect(repo, entry)) for entry in dead]
    for folder in (root / EXPERIMENTS).glob("tmp*"):
        shutil.rmtree(folder, ignore_errors=True)
    return told


def _processes(root: Path, command: str) -> Iterator[psutil.Process]:
    import psutil

    place = root.resolve()
    for process in psutil.process_iter():
        try:
            if command in process.cmdline() and Path(process.cwd()).is_relative_to(place):
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
        f"the queue's processes are at work ({numbers}): wait until they have ended, or end them "
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
