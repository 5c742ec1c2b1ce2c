"""`hw1 mend`: what a killed run has left becomes as DVC and the stages expect it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hw1.core.errors import Hw1Error, ParamsError
from hw1.core.restore import ACCEPTED_COPY
from hw1.core.sections import PARAMS_FILE, read_params
from hw1.mend.git_lock import mend_git_lock, old_git_lock
from hw1.mend.holders import keeping_dvc_out
from hw1.mend.leftovers import remove_leftovers
from hw1.mend.lock_files import LOCK_FILES, mend_lock


def mend(root: Path, say: Callable[[str], None]) -> None:
    """Bring a project into order after a kill; nothing is done where nothing is wrong.

    Args:
        root: the project's folder.
        say: told, in a line each, what was mended.

    Raises:
        BusyError: DVC is at work in it; nothing was done.
        Hw1Error: something is left that a person has to decide.
    """
    git_lock = old_git_lock(root)  # which may take seconds, while DVC is not kept waiting
    with keeping_dvc_out(root, say):
        removed = remove_leftovers(root)
        if removed:
            say(f"{removed[0]}{_more(len(removed) - 1)}: half written by a killed process; removed")
        for mended in (*(mend_lock(root, path) for path in LOCK_FILES), mend_git_lock(git_lock)):
            if mended:
                say(mended)
    _require_params(root)


def _more(number: int) -> str:
    return f" and {number} more" if number else ""


def _require_params(root: Path) -> None:
    """Say how to get back a params.yaml that was torn; edits in it are nobody's but a person's."""
    copy = root / ACCEPTED_COPY
    if not copy.is_file():
        return
    try:
        if (root / PARAMS_FILE).read_bytes() != copy.read_bytes():
            read_params(root / PARAMS_FILE)
    except FileNotFoundError:
        return
    except ParamsError as problem:
        raise Hw1Error(
            f"{problem}; `cp {ACCEPTED_COPY} {PARAMS_FILE}` brings back the last one with which "
            f"the pipeline ran, `git checkout {PARAMS_FILE}` the committed one"
        ) from None
