"""How every entry point, stage or command, ends on an error that a person can mend."""

import atexit
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import ParamSpec

from hw1.core.errors import DivergedError, Hw1Error, ParamsError, visible
from hw1.core.note import note_stage
from hw1.core.trouble import file_trouble
from hw1.core.unchanged import params_texts, require_unchanged

Parameters = ParamSpec("Parameters")


def exits_cleanly(main: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Make an entry point end with exit code 1 and a plain message on a `Hw1Error` or file error.

    A stage that ends well notes how long it took; its result is refused if its parameters have been
    changed meanwhile. Where `dvc exp run -S` gave a parameter that is refused, the file that it
    stands in gets its earlier text back. Where training has diverged, the run is marked as failed
    in MLflow.
    """

    @wraps(main)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        # memory goes with the process; searching MLflow's for garbage would take half a second
        atexit.register(gc.freeze)
        params = params_texts()
        try:
            with _all_printed():
                main(*args, **kwargs)
            require_unchanged(params)
            note_stage()
        except ParamsError as problem:
            raise SystemExit(visible(f"error: {problem}{_taken_back()}")) from None
        except Hw1Error as problem:
            if isinstance(problem, DivergedError):
                _mark_failed(problem)
            raise SystemExit(visible(f"error: {problem}")) from None
        except OSError as problem:  # a full disk, a place that cannot be written to
            trouble = file_trouble(problem)
            if trouble is None:
                raise
            _print_nothing_more()
            raise SystemExit(visible(f"error: {trouble}")) from None

    return guarded


@contextmanager
def _all_printed() -> Iterator[None]:
    """Print all before the block ends: on a full disk it fails here, where it can be said."""
    try:
        yield
    except SystemExit:  # the command line's way to end well
        _print_all()
        raise
    _print_all()


def _print_all() -> None:
    with suppress(BrokenPipeError):  # nobody reads on, as in `hw1 leaderboard | head`
        sys.stdout.flush()


def _print_nothing_more() -> None:
    """Drop what could not be printed: Python would fail with it once more as it ends."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _mark_failed(problem: DivergedError) -> None:
    from hw1.core.failure import mark_failed

    mark_failed(problem)


def _taken_back() -> str:
    from hw1.core.restore import restore_params

    return "".join(
        f"\n{path} is as it was before: {', '.join(keys)} taken back"
        for path, keys in restore_params().items()
    )
