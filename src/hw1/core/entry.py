"""How every entry point, stage or command, ends on an error that a person can mend."""

import atexit
import errno
import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from hw1.core.errors import DivergedError, Hw1Error, ParamsError, visible
from hw1.core.note import note_stage

Parameters = ParamSpec("Parameters")

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


def exits_cleanly(main: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Make an entry point end with exit code 1 and a plain message on a `Hw1Error` or file error.

    A stage that ends well notes how long it took. Where `dvc exp run -S` gave a parameter that is
    refused, the file that it stands in gets its earlier text back. Where training has diverged, the
    run is marked as failed in MLflow.
    """

    @wraps(main)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        # memory goes with the process; searching MLflow's for garbage would take half a second
        atexit.register(gc.freeze)
        try:
            main(*args, **kwargs)
            note_stage()
        except ParamsError as problem:
            raise SystemExit(visible(f"error: {problem}{_taken_back()}")) from None
        except Hw1Error as problem:
            if isinstance(problem, DivergedError):
                _mark_failed(problem)
            raise SystemExit(visible(f"error: {problem}")) from None
        except OSError as problem:  # a full disk, a place that cannot be written to
            if problem.filename is None:
                raise
            raise SystemExit(
                visible(f"error: {problem.filename}: {problem.strerror}{_help(problem)}")
            ) from None

    return guarded


def _help(problem: OSError) -> str:
    """What to do about a file that cannot be written; empty where nothing is known."""
    if problem.errno in FULL:
        return "; free some space, then run the same command again"
    if problem.errno in NOT_ALLOWED:
        return "; make the place readable and writable, then run the same command again"
    return ""


def _mark_failed(problem: DivergedError) -> None:
    from hw1.core.failure import mark_failed

    mark_failed(problem)


def _taken_back() -> str:
    from hw1.core.restore import restore_params

    return "".join(
        f"\n{path} is as it was before: {', '.join(keys)} taken back"
        for path, keys in restore_params().items()
    )
